package dev.sallyport.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Drain;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Infrastructure;
import dev.sallyport.api.v1alpha1.common.ListMap;
import dev.sallyport.api.v1alpha1.common.ListSet;
import dev.sallyport.api.v1alpha1.common.ProxyTls;
import dev.sallyport.api.v1alpha1.common.Syntax;
import dev.sallyport.api.v1alpha1.reverse.Backend;
import dev.sallyport.api.v1alpha1.reverse.BackendRef;
import dev.sallyport.api.v1alpha1.reverse.ClientSide;
import dev.sallyport.api.v1alpha1.reverse.Listener;
import dev.sallyport.api.v1alpha1.reverse.ReverseRule;
import dev.sallyport.api.v1alpha1.reverse.ReverseTelemetry;
import dev.sallyport.api.v1alpha1.reverse.ReverseTimeouts;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a {@link ReverseProxy} is to be. */
@ApiType
@ValidationRule(
        value = "has(self.backendRefs) != has(self.rules)",
        message = "spec: none or both of backendRefs and rules are given;"
                + " give backendRefs alone when all requests go to the same backends, else rules alone")
@ValidationRule(
        value = "!has(self.listeners) || self.listeners.all(l, self.listeners.exists_one(o, o.port == l.port))",
        fieldPath = ".listeners",
        message = "listeners: two listeners have the same port; give each its own")
@ValidationRule(
        value = "!has(self.rules) || self.rules.all(r, !has(r.listener) || (has(self.listeners)"
                + " ? self.listeners.exists(l, l.name == r.listener)"
                + " : r.listener == (has(self.tls) ? 'https' : 'http')))",
        fieldPath = ".rules",
        message = "rules: a rule names a listener that is not among spec.listeners; name one of them,"
                + " or leave listener out for all of them")
@ValidationRule(
        value = "!has(self.tls) || !has(self.listeners)",
        fieldPath = ".tls",
        message = "tls: it stands for listeners, and these are given too; give the certificates in listeners, or leave"
                + " listeners out")
@ValidationRule(
        value = "!has(self.client) || !has(self.client.mtls) || has(self.tls) || has(self.listeners)"
                + " && self.listeners.exists(l, has(l.protocol) && l.protocol == 'HTTPS')"
                + " && !self.listeners.exists(l, !has(l.protocol) || l.protocol == 'HTTP')",
        fieldPath = ".client.mtls",
        message =
                "client.mtls: without TLS clients show no certificate, and a listener of protocol HTTP would serve them;"
                        + " give tls, or listeners of protocol HTTPS alone")
@ValidationRule(
        value = "!has(self.backends) || self.backends.all(b, !("
                + "(has(b.protocol) ? b.protocol == 'H2C'"
                + " : self.backends.exists(a, a.name == '*' && has(a.protocol) && a.protocol == 'H2C'))"
                + " && (has(b.tls) || self.backends.exists(a, a.name == '*' && has(a.tls)))))",
        fieldPath = ".backends",
        message =
                "backends: H2C is HTTP/2 without TLS, and tls is given for the same Service; say HTTP2, or leave tls out")
@ValidationRule(
        value = "!has(self.backends) || self.backends.all(b, "
                + "!(has(b.protocol) ? b.protocol == 'HTTP2'"
                + " : self.backends.exists(a, a.name == '*' && has(a.protocol) && a.protocol == 'HTTP2'))"
                + " || has(b.tls) || self.backends.exists(a, a.name == '*' && has(a.tls)))",
        fieldPath = ".backends",
        message = "backends: HTTP2 is agreed on in TLS, and no tls is given for it; give tls, or say H2C")
@ValidationRule(value = RuleNames.RULE, fieldPath = ".rules", message = RuleNames.MESSAGE)
public record ReverseProxySpec(
        @SpecReplicas
        @Min(0)
        @Default("2")
        @Nullable
        @JsonPropertyDescription("How many relay pods to run; also set by `kubectl scale`. Default: 2.")
        Integer replicas,

        @Nullable @JsonPropertyDescription("What Kubernetes runs for the proxy.")
        Infrastructure infrastructure,

        @Form(Syntax.HOSTNAME) @ListSet @Size(min = 1, max = 256) @Nullable @JsonPropertyDescription("""
                The hosts that the proxy answers for: names such as shop.example.com, or wildcards such as `*.example.com`
                for any name below one, at any depth. Requests for other hosts get 404. Default: any host.""")
        List<String> hostnames,

        @ListMap(keys = "name") @Size(min = 1, max = 16) @Nullable @JsonPropertyDescription("""
                The ports that the proxy opens. Two with the same name or the same port are refused, and a port that the
                relay needs for itself is reported in status. Default: those that tls makes, else one named http, for HTTP
                on port 80.""")
        List<Listener> listeners,

        @Nullable @JsonPropertyDescription("""
                TLS in short: a listener named https on port 443 for HTTP/2 and HTTP/1.1, and one named http on port 80
                that redirects every request to it with 308. Rules are for https. Not together with listeners.""") ProxyTls tls,

        @Nullable @JsonPropertyDescription("How the proxy deals with its clients' side of a connection.")
        ClientSide client,

        @Size(min = 1, max = 16) @Nullable @JsonPropertyDescription("""
                The Services that all requests go to, in short for one rule that matches everything. Exactly one of
                backendRefs and rules is given.""")
        List<BackendRef> backendRefs,

        @Size(min = 1, max = 1000) @Nullable @JsonPropertyDescription("""
                Where requests go, by what they look like, as the rules of a Gateway API HTTPRoute. Of all rules the
                best match takes the request: an exact path, then the longest path prefix, then a match with a method,
                then the most headers, then the first rule in the list. A request that no rule matches gets 404. A rule
                that cannot be used is reported in status and what it would have served gets 500; the others go on. At
                most 1000. Exactly one of backendRefs and rules is given.""")
        List<ReverseRule> rules,

        @ListMap(keys = "name")
        @Size(max = 256)
        @Nullable
        @JsonPropertyDescription("How the proxy behaves as a client of its backends, by the name of a Service.")
        List<Backend> backends,

        @Nullable @JsonPropertyDescription("How long the relay waits on connections.")
        ReverseTimeouts timeouts,

        @Nullable @JsonPropertyDescription("What relays tell about their work. Metrics are always served.")
        ReverseTelemetry telemetry,

        @Nullable @JsonPropertyDescription("How a relay ends, so that no request is cut without need.")
        Drain drain) {}

package dev.sallyport.api.v1alpha1.reverse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** One port that a reverse proxy opens. */
@ApiType
@ValidationRule(
        value = "(has(self.protocol) && self.protocol == 'HTTPS') == has(self.tls)",
        fieldPath = ".tls",
        message = "tls: it is given for protocol HTTPS, and only there; give both or neither")
public record Listener(
        @Required @Form(Syntax.DNS_LABEL) @Nullable @JsonPropertyDescription("""
                What the listener is called by rules and by the port of the Service; a DNS label, different from those
                of the other listeners.""")
        String name,

        @Required @Min(1) @Max(65535) @Nullable @JsonPropertyDescription("""
                The port of the proxy's Service, 1 to 65535, different from those of the other listeners.""")
        Integer port,

        @Default("HTTP") @Nullable @JsonPropertyDescription("""
                What clients speak. `HTTP`: HTTP without TLS. `HTTPS`: HTTP in TLS, which ends at the proxy. `TCP`: any bytes, passed through unread by the one rule that
                names the listener. `TLS`: TLS, passed through undecrypted by the rules that name the listener, chosen by
                the server name that the client asks for. Default: HTTP.""")
        ListenerProtocol protocol,

        @Nullable @JsonPropertyDescription("How TLS is ended; for protocol HTTPS, where it is required.")
        ListenerTls tls) {}

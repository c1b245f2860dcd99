package dev.sallyport.operator.watch;

import dev.sallyport.api.v1alpha1.ForwardProxySpec;
import dev.sallyport.api.v1alpha1.ReverseProxySpec;
import dev.sallyport.api.v1alpha1.common.AuthorityKind;
import dev.sallyport.api.v1alpha1.common.AuthorityRef;
import dev.sallyport.api.v1alpha1.common.CertificateRef;
import dev.sallyport.api.v1alpha1.common.ProxyTls;
import dev.sallyport.api.v1alpha1.forward.ForwardListeners;
import dev.sallyport.api.v1alpha1.forward.MixedListener;
import dev.sallyport.api.v1alpha1.reverse.BackendRef;
import dev.sallyport.api.v1alpha1.reverse.BackendTls;
import dev.sallyport.api.v1alpha1.reverse.BackendValidation;
import dev.sallyport.api.v1alpha1.reverse.ClientMtls;
import dev.sallyport.api.v1alpha1.reverse.ClientSide;
import dev.sallyport.api.v1alpha1.reverse.ListenerTls;
import dev.sallyport.api.v1alpha1.reverse.ReverseRule;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The names of the objects of its own namespace that a proxy refers to: a change of one of them concerns it. */
public final class Mentions {
    private final Set<String> services = new HashSet<>();
    private final Set<String> secrets = new HashSet<>();
    private final Set<String> configMaps = new HashSet<>();

    private Mentions() {}

    /** Those of a forward proxy. */
    public static Mentions of(@Nullable ForwardProxySpec spec) {
        var mentions = new Mentions();
        Optional.ofNullable(spec)
                .map(ForwardProxySpec::listeners)
                .map(ForwardListeners::mixed)
                .map(MixedListener::tls)
                .map(ProxyTls::certificateRefs)
                .ifPresent(mentions::certificates);
        return mentions;
    }

    /** Those of a reverse proxy. */
    public static Mentions of(@Nullable ReverseProxySpec spec) {
        var mentions = new Mentions();
        if (spec == null) {
            return mentions;
        }
        Stream.concat(Stream.of(spec).map(ReverseProxySpec::backendRefs), each(spec.rules(), ReverseRule::backendRefs))
                .flatMap(refs -> each(refs, BackendRef::name))
                .forEach(mentions.services::add);
        Optional.ofNullable(spec.tls()).map(ProxyTls::certificateRefs).ifPresent(mentions::certificates);
        each(spec.listeners(), listener -> listener.tls())
                .map(ListenerTls::certificateRefs)
                .forEach(mentions::certificates);
        Optional.ofNullable(spec.client())
                .map(ClientSide::mtls)
                .map(ClientMtls::caCertificateRefs)
                .ifPresent(mentions::authorities);
        each(spec.backends(), backend -> backend.tls()).forEach(mentions::backend);
        return mentions;
    }

    private void backend(BackendTls tls) {
        Optional.ofNullable(tls.validation())
                .map(BackendValidation::caCertificateRefs)
                .ifPresent(this::authorities);
        Optional.ofNullable(tls.clientCertificateRef()).ifPresent(ref -> certificates(List.of(ref)));
    }

    private void certificates(@Nullable List<CertificateRef> refs) {
        each(refs, CertificateRef::name).forEach(secrets::add);
    }

    private void authorities(@Nullable List<AuthorityRef> refs) {
        each(refs, ref -> ref.kind() == AuthorityKind.SECRET ? ref.name() : null)
                .forEach(secrets::add);
        each(refs, ref -> ref.kind() == AuthorityKind.SECRET ? null : ref.name())
                .forEach(configMaps::add);
    }

    private static <T, R> Stream<R> each(@Nullable List<T> all, Function<T, @Nullable R> part) {
        return Stream.ofNullable(all).flatMap(List::stream).flatMap(one -> Stream.ofNullable(part.apply(one)));
    }

    Set<String> services() {
        return services;
    }

    Set<String> secrets() {
        return secrets;
    }

    Set<String> configMaps() {
        return configMaps;
    }
}

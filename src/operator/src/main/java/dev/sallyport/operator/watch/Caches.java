package dev.sallyport.operator.watch;

import dev.sallyport.control.inject.Injected;
import dev.sallyport.control.input.ProxyKind;
import dev.sallyport.control.input.ProxyName;
import dev.sallyport.control.input.References;
import dev.sallyport.control.input.Subject;
import dev.sallyport.control.render.Copies;
import dev.sallyport.control.render.Labels;
import dev.sallyport.control.render.Names;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.SecondaryToPrimaryMapper;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The caches of one kind of proxy. Children and pods are selected by label; what belongs to others is seen whole by
 * number, Services and EndpointSlices cut down to ports and addresses, Secrets and ConfigMaps to their metadata.
 *
 * @param <P> the kind of proxy
 */
public final class Caches<P extends HasMetadata> implements References {
    private static final String SERVICE_NAME = "kubernetes.io/service-name";
    private static final String BY_OWNER = "owner";
    private static final String BY_INSTANCE = "instance";
    private static final String BY_SERVICE = "service";
    private static final String BY_SECRET = "secret";
    private static final String BY_CONFIG_MAP = "configmap";
    private static final String BY_COPY_OF = "copy of";

    private final EventSourceContext<P> context;
    private final ProxyKind kind;
    private final BiPredicate<P, Namespace> consent;
    private final Function<Pod, Optional<ProxyName>> proxyOf;
    private final String ours;
    private final List<InformerEventSource<? extends HasMetadata, P>> children = new ArrayList<>();
    private final InformerEventSource<Pod, P> pods;
    private final InformerEventSource<Deployment, P> deployments;
    private final InformerEventSource<Service, P> services;
    private final Optional<InformerEventSource<EndpointSlice, P>> slices;
    private final InformerEventSource<Pod, P> sidecars;
    private final Optional<InformerEventSource<Namespace, P>> namespaces;
    private final InformerEventSource<Secret, P> secrets;
    private final InformerEventSource<ConfigMap, P> configMaps;
    private final Contents<Secret> secretContents;
    private final Contents<ConfigMap> configMapContents;

    /** The caches of a kind whose objects refer to Services, beside certificates. */
    public static <P extends HasMetadata> Caches<P> withBackends(
            EventSourceContext<P> context, ProxyKind kind, Function<P, Mentions> mentions) {
        return new Caches<>(context, kind, mentions, true, (proxy, namespace) -> false);
    }

    /**
     * The caches of a kind whose objects refer to certificates alone, and serve pods of other namespaces.
     *
     * @param consent whether one may serve those of that namespace
     */
    public static <P extends HasMetadata> Caches<P> withGuests(
            EventSourceContext<P> context,
            ProxyKind kind,
            Function<P, Mentions> mentions,
            BiPredicate<P, Namespace> consent) {
        return new Caches<>(context, kind, mentions, false, consent);
    }

    private Caches(
            EventSourceContext<P> context,
            ProxyKind kind,
            Function<P, Mentions> mentions,
            boolean backends,
            BiPredicate<P, Namespace> consent) {
        this.context = context;
        this.kind = kind;
        this.consent = consent;
        this.proxyOf = switch (kind) {
            case FORWARD -> Injected::egress;
            case REVERSE -> Injected::ingress;
        };
        this.ours = Labels.MANAGED_BY + "=" + Labels.OPERATOR + "," + Labels.COMPONENT + "="
                + Labels.selector(new Subject(kind, "", "", "", 0)).get(Labels.COMPONENT);
        SecondaryToPrimaryMapper<HasMetadata> owner = Mappers.fromOwnerReferences(context.getPrimaryResourceClass());
        children.add(metadata(ServiceAccount.class, ServiceAccount::new));
        children.add(metadata(PodDisruptionBudget.class, PodDisruptionBudget::new));
        children.add(metadata(NetworkPolicy.class, NetworkPolicy::new));
        deployments = owned(Deployment.class, ours, Pruned::deployment, owner::toPrimaryResourceIDs);
        children.add(deployments);
        pods = source(Pod.class, ours, Pruned::pod, Caches::instance);
        pods.addIndexers(Map.of(
                BY_INSTANCE,
                pod -> instance(pod).stream()
                        .map(proxy -> key(pod.getMetadata().getNamespace(), proxy.getName()))
                        .toList()));
        sidecars = injected();
        KubernetesClient client = context.getClient();
        secretContents = new Contents<>(id -> client.secrets()
                .inNamespace(id.getNamespace().orElseThrow())
                .withName(id.getName())
                .get());
        configMapContents = new Contents<>(id -> client.configMaps()
                .inNamespace(id.getNamespace().orElseThrow())
                .withName(id.getName())
                .get());
        index(BY_SECRET, mentions.andThen(Mentions::secrets));
        index(BY_CONFIG_MAP, mentions.andThen(Mentions::configMaps));
        secrets = referred(Secret.class, Secret::new, BY_SECRET, secretContents);
        configMaps = referred(ConfigMap.class, ConfigMap::new, BY_CONFIG_MAP, configMapContents);
        configMaps.addIndexers(
                Map.of(BY_COPY_OF, map -> Copies.ownerUid(map).stream().toList()));
        children.add(secrets);
        children.add(configMaps);
        if (backends) {
            children.add(metadata(Role.class, Role::new));
            children.add(metadata(RoleBinding.class, RoleBinding::new));
            index(BY_SERVICE, mentions.andThen(Mentions::services));
            services = owned(Service.class, null, Pruned::service, service -> {
                Set<ResourceID> concerned = new HashSet<>(owner.toPrimaryResourceIDs(service));
                concerned.addAll(referring(
                        BY_SERVICE,
                        service.getMetadata().getNamespace(),
                        service.getMetadata().getName()));
                return concerned;
            });
            var endpointSlices = source(
                    EndpointSlice.class,
                    null,
                    Pruned::endpointSlice,
                    slice -> service(slice)
                            .map(name ->
                                    referring(BY_SERVICE, slice.getMetadata().getNamespace(), name))
                            .orElse(Set.of()));
            endpointSlices.addIndexers(Map.of(
                    BY_SERVICE,
                    slice -> service(slice)
                            .map(name -> List.of(key(slice.getMetadata().getNamespace(), name)))
                            .orElse(List.of())));
            slices = Optional.of(endpointSlices);
            namespaces = Optional.empty();
        } else {
            services = owned(Service.class, ours, Pruned::service, owner::toPrimaryResourceIDs);
            slices = Optional.empty();
            namespaces = Optional.of(source(Namespace.class, null, Pruned::namespace, this::hosts));
        }
        children.add(services);
    }

    /** What the framework has to run. */
    public List<EventSource<?, P>> sources() {
        return Stream.of(children.stream(), Stream.of(pods, sidecars), slices.stream(), namespaces.stream())
                .<EventSource<?, P>>flatMap(all -> all)
                .toList();
    }

    /** The objects that name {@code proxy} as their controller. */
    public Collection<HasMetadata> children(P proxy) {
        String uid = proxy.getMetadata().getUid();
        return children.stream()
                .<HasMetadata>flatMap(source -> source.byIndex(BY_OWNER, uid).stream())
                .toList();
    }

    /** The Deployment that {@code proxy} owns. */
    public Optional<Deployment> deployment(P proxy) {
        return deployments.byIndex(BY_OWNER, proxy.getMetadata().getUid()).stream()
                .findFirst();
    }

    /** The Service that {@code proxy} owns. */
    public Optional<Service> ownService(P proxy) {
        return services.byIndex(BY_OWNER, proxy.getMetadata().getUid()).stream().findFirst();
    }

    /** The pods that carry the labels of {@code proxy}. */
    public List<Pod> pods(P proxy) {
        return pods.byIndex(
                BY_INSTANCE,
                key(proxy.getMetadata().getNamespace(), proxy.getMetadata().getName()));
    }

    /** The pods of applications whose relays serve {@code proxy}: of its namespace, and of those that both agree on. */
    public List<Pod> sidecars(P proxy) {
        return users(proxy).filter(pod -> Injected.SIDECAR.equals(relay(pod))).toList();
    }

    /** The other namespaces whose pods may use {@code proxy}, and do, with the values of their label {@link Injected#RELAY}. */
    public Map<String, Set<String>> guests(P proxy) {
        return users(proxy)
                .filter(pod -> !isAtHome(pod, proxy))
                .collect(Collectors.groupingBy(
                        pod -> pod.getMetadata().getNamespace(),
                        Collectors.mapping(Caches::relay, Collectors.toSet())));
    }

    /** What was copied into other namespaces for {@code proxy}. */
    public List<ConfigMap> copies(P proxy) {
        return configMaps.byIndex(BY_COPY_OF, proxy.getMetadata().getUid());
    }

    private Stream<Pod> users(P proxy) {
        return sidecars
                .byIndex(
                        BY_INSTANCE,
                        key(
                                proxy.getMetadata().getNamespace(),
                                proxy.getMetadata().getName()))
                .stream()
                .filter(pod -> isAtHome(pod, proxy)
                        || namespaces
                                .flatMap(all ->
                                        all.get(new ResourceID(pod.getMetadata().getNamespace())))
                                .filter(namespace -> !namespace.isMarkedForDeletion() && consent.test(proxy, namespace))
                                .isPresent());
    }

    private boolean isAtHome(Pod pod, P proxy) {
        return pod.getMetadata().getNamespace().equals(proxy.getMetadata().getNamespace());
    }

    private static String relay(Pod pod) {
        return pod.getMetadata().getLabels().getOrDefault(Injected.RELAY, "");
    }

    /** Whether there is one, or has been since {@code proxy} was made: a pod that comes again should not have to wait. */
    public boolean hasSidecars(P proxy) {
        String config = Names.sidecar(proxy.getMetadata().getName());
        return !sidecars(proxy).isEmpty()
                || configMaps.byIndex(BY_OWNER, proxy.getMetadata().getUid()).stream()
                        .anyMatch(map -> map.getMetadata().getName().equals(config));
    }

    @Override
    public Optional<Service> service(String namespace, String name) {
        return services.get(new ResourceID(name, namespace));
    }

    @Override
    public Collection<EndpointSlice> endpointSlices(String namespace, String service) {
        return slices.map(source -> source.byIndex(BY_SERVICE, key(namespace, service)))
                .orElse(List.of());
    }

    @Override
    public Optional<Secret> secret(String namespace, String name) {
        var id = new ResourceID(name, namespace);
        return secretContents.get(id, secrets.get(id));
    }

    @Override
    public Optional<ConfigMap> configMap(String namespace, String name) {
        var id = new ResourceID(name, namespace);
        return configMapContents.get(id, configMaps.get(id));
    }

    /** The pods of applications that use proxies of the kind, by whosoever's relay. */
    private InformerEventSource<Pod, P> injected() {
        var source = source(
                "sidecars",
                Pod.class,
                Injected.RELAY,
                Pruned::pod,
                pod -> proxyOf.apply(pod).map(Caches::id).map(Set::of).orElse(Set.of()));
        source.addIndexers(Map.of(
                BY_INSTANCE,
                pod -> proxyOf.apply(pod).map(ProxyName::key).stream().toList()));
        return source;
    }

    /** The proxies of other namespaces that pods of {@code namespace} name. */
    private Set<ResourceID> hosts(Namespace namespace) {
        String name = namespace.getMetadata().getName();
        return sidecars.byIndex(Cache.NAMESPACE_INDEX, name).stream()
                .flatMap(pod -> proxyOf.apply(pod).stream())
                .filter(proxy -> !proxy.namespace().equals(name))
                .map(Caches::id)
                .collect(Collectors.toSet());
    }

    private static ResourceID id(ProxyName proxy) {
        return new ResourceID(proxy.name(), proxy.namespace());
    }

    private <T extends HasMetadata> InformerEventSource<T, P> metadata(Class<T> kind, Supplier<T> empty) {
        SecondaryToPrimaryMapper<HasMetadata> owner = Mappers.fromOwnerReferences(context.getPrimaryResourceClass());
        return owned(kind, ours, object -> Pruned.metadataOnly(object, empty.get()), owner::toPrimaryResourceIDs);
    }

    private <T extends HasMetadata> InformerEventSource<T, P> owned(
            Class<T> kind, @Nullable String selector, UnaryOperator<T> prune, SecondaryToPrimaryMapper<T> concerned) {
        InformerEventSource<T, P> source = source(kind, selector, prune, concerned);
        source.addIndexers(Map.of(
                BY_OWNER,
                object -> object.getMetadata().getOwnerReferences().stream()
                        .filter(reference -> Boolean.TRUE.equals(reference.getController()))
                        .map(OwnerReference::getUid)
                        .toList()));
        return source;
    }

    private <T extends HasMetadata> InformerEventSource<T, P> source(
            Class<T> kind, @Nullable String selector, UnaryOperator<T> prune, SecondaryToPrimaryMapper<T> concerned) {
        return source(kind.getSimpleName(), kind, selector, prune, concerned);
    }

    private <T extends HasMetadata> InformerEventSource<T, P> source(
            String name,
            Class<T> kind,
            @Nullable String selector,
            UnaryOperator<T> prune,
            SecondaryToPrimaryMapper<T> concerned) {
        var configuration = InformerEventSourceConfiguration.from(kind, context.getPrimaryResourceClass())
                .withName(name)
                .withWatchAllNamespaces()
                .withItemStore(new TransformingItemStore<>(prune))
                .withSecondaryToPrimaryMapper(concerned);
        if (selector != null) {
            configuration.withLabelSelector(selector);
        }
        return new InformerEventSource<>(configuration.build(), context);
    }

    private void index(String name, Function<P, Set<String>> names) {
        context.getPrimaryCache()
                .addIndexers(Map.of(
                        name,
                        proxy -> names.apply(proxy).stream()
                                .map(mentioned -> key(proxy.getMetadata().getNamespace(), mentioned))
                                .toList()));
    }

    /** All objects of a kind, as children and as what proxies refer to. */
    private <T extends HasMetadata> InformerEventSource<T, P> referred(
            Class<T> kind, Supplier<T> empty, String index, Contents<T> contents) {
        SecondaryToPrimaryMapper<HasMetadata> owner = Mappers.fromOwnerReferences(context.getPrimaryResourceClass());
        return owned(kind, null, object -> Pruned.metadataOnly(object, empty.get()), object -> {
            ResourceID id = ResourceID.fromResource(object);
            Set<ResourceID> users = referring(index, id.getNamespace().orElse(""), id.getName());
            if (users.isEmpty()) {
                contents.forget(id);
            }
            Set<ResourceID> concerned = new HashSet<>(owner.toPrimaryResourceIDs(object));
            concerned.addAll(users);
            if (this.kind == ProxyKind.FORWARD) {
                Copies.owner(object).map(Caches::id).ifPresent(concerned::add);
            }
            return concerned;
        });
    }

    private Set<ResourceID> referring(String index, String namespace, String name) {
        return context.getPrimaryCache().byIndex(index, key(namespace, name)).stream()
                .map(ResourceID::fromResource)
                .collect(Collectors.toSet());
    }

    private static Set<ResourceID> instance(Pod pod) {
        String instance = pod.getMetadata().getLabels().get(Labels.INSTANCE);
        return instance == null
                ? Set.of()
                : Set.of(new ResourceID(instance, pod.getMetadata().getNamespace()));
    }

    private static Optional<String> service(EndpointSlice slice) {
        return Optional.ofNullable(slice.getMetadata().getLabels()).map(labels -> labels.get(SERVICE_NAME));
    }

    private static String key(String namespace, String name) {
        return namespace + "/" + name;
    }
}

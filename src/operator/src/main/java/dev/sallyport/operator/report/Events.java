package dev.sallyport.operator.report;

import dev.sallyport.control.status.Event;
import dev.sallyport.operator.apply.Children;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Records Events about proxies and pods. The name of an Event follows from what it is about, so that a repetition raises the
 * count of the one that is there.
 */
public final class Events {
    private static final Logger LOG = Logger.getLogger(Events.class);
    private static final int LONGEST_MESSAGE = 1024;
    private static final int LONGEST_NAME = 200;

    private final KubernetesClient client;
    private final String instance;
    private final Clock clock;

    /**
     * @param client may get, create and patch Events
     * @param instance the name of the pod that reports
     * @param clock tells when
     */
    public Events(KubernetesClient client, String instance, Clock clock) {
        this.client = client;
        this.instance = instance;
        this.clock = clock;
    }

    /** Records {@code events} about {@code proxy}. One that cannot be recorded is logged, and nothing else suffers. */
    public void record(HasMetadata proxy, List<Event> events) {
        for (Event event : events) {
            try {
                record(proxy, event);
            } catch (KubernetesClientException e) {
                LOG.warnf(
                        "event %s about %s/%s is not recorded: %s",
                        event.reason(),
                        proxy.getMetadata().getNamespace(),
                        proxy.getMetadata().getName(),
                        e.getMessage());
            }
        }
    }

    private void record(HasMetadata proxy, Event event) {
        String namespace = proxy.getMetadata().getNamespace();
        String time = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        String name = name(proxy, event);
        var known = client.v1().events().inNamespace(namespace).withName(name).get();
        var object = new EventBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withType(type(event))
                .withReason(event.reason())
                .withMessage(shortened(event.message()))
                .withInvolvedObject(reference(proxy))
                .withFirstTimestamp(known == null ? time : known.getFirstTimestamp())
                .withLastTimestamp(time)
                .withCount(known == null || known.getCount() == null ? 1 : known.getCount() + 1)
                .withReportingComponent("sallyport.dev/operator")
                .withReportingInstance(instance)
                .withNewSource()
                .withComponent("sallyport-operator")
                .endSource()
                .build();
        client.resource(object)
                .fieldManager(Children.FIELD_MANAGER)
                .forceConflicts()
                .serverSideApply();
    }

    private static ObjectReference reference(HasMetadata proxy) {
        return new ObjectReferenceBuilder()
                .withApiVersion(proxy.getApiVersion())
                .withKind(proxy.getKind())
                .withNamespace(proxy.getMetadata().getNamespace())
                .withName(proxy.getMetadata().getName())
                .withUid(proxy.getMetadata().getUid())
                .build();
    }

    /** Below the 253 characters of an object's name, however long that of a pod is. */
    private static String name(HasMetadata proxy, Event event) {
        String about = String.join("\n", proxy.getMetadata().getUid(), type(event), event.reason());
        String name = proxy.getMetadata().getName();
        return (name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME)) + "."
                + UUID.nameUUIDFromBytes(about.getBytes(StandardCharsets.UTF_8))
                        .toString()
                        .replace("-", "");
    }

    private static String type(Event event) {
        return event.warning() ? "Warning" : "Normal";
    }

    private static String shortened(String message) {
        return message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE - 1) + "…";
    }
}

package dev.sallyport.operator.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.control.inject.InjectionDecision;
import dev.sallyport.control.inject.InjectionDecision.Inject;
import dev.sallyport.control.inject.InjectionDecision.Refuse;
import dev.sallyport.control.inject.InjectionDecision.Skip;
import dev.sallyport.control.inject.PatchOperation;
import dev.sallyport.control.input.Settings;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers an {@code AdmissionReview} of {@code admission.k8s.io/v1}. */
final class Admission {
    private static final String VERSION = "admission.k8s.io/v1";
    private static final ObjectMapper JSON = Serialization.jsonMapper();

    private final Settings settings;
    private final MeterRegistry meters;

    Admission(Settings settings, MeterRegistry meters) {
        this.settings = settings;
        this.meters = meters;
    }

    /** What was sent is not a review of a pod that is about to be made. */
    static final class NoReviewException extends Exception {
        private static final long serialVersionUID = 1L;

        NoReviewException(String message) {
            super(message);
        }
    }

    /**
     * The review with its response.
     *
     * @param namespaceLabel what the namespace says, as far as the API server has told by the way it called
     */
    byte[] answer(byte[] review, @Nullable String namespaceLabel) throws NoReviewException {
        try {
            JsonNode request = JSON.readTree(review);
            String version = request.path("apiVersion").asText();
            request = request.path("request");
            JsonNode object = request.path("object");
            String uid = request.path("uid").asText();
            if (!version.equals(VERSION)
                    || uid.isEmpty()
                    || !request.path("operation").asText().equals("CREATE")
                    || !request.path("kind").path("kind").asText().equals("Pod")
                    || !object.path("metadata").isObject()
                    || !object.path("spec").isObject()) {
                throw new NoReviewException("not an AdmissionReview of " + VERSION + " of a pod that is made");
            }
            Pod pod = JSON.treeToValue(object, Pod.class);
            return JSON.writeValueAsBytes(response(uid, InjectionDecision.of(pod, namespaceLabel, settings)));
        } catch (JsonProcessingException e) {
            throw new NoReviewException("not JSON of a pod: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private ObjectNode response(String uid, InjectionDecision decision) throws JsonProcessingException {
        ObjectNode review = JSON.createObjectNode().put("apiVersion", VERSION).put("kind", "AdmissionReview");
        ObjectNode response = review.putObject("response").put("uid", uid);
        switch (decision) {
            case Inject inject -> {
                count(inject.patch().isEmpty() ? "unchanged" : "injected");
                allow(response, inject.patch(), inject.warnings());
            }
            case Skip skip -> {
                count("skipped");
                allow(response, skip.patch(), List.of("no relay is injected: " + skip.reason()));
            }
            case Refuse refuse -> {
                count("refused");
                response.put("allowed", false)
                        .putObject("status")
                        .put("code", HttpURLConnection.HTTP_FORBIDDEN)
                        .put("reason", "Forbidden")
                        .put("message", refuse.message());
            }
        }
        return review;
    }

    private static void allow(ObjectNode response, List<PatchOperation> patch, List<String> warnings)
            throws JsonProcessingException {
        response.put("allowed", true);
        if (!warnings.isEmpty()) {
            warnings.forEach(response.putArray("warnings")::add);
        }
        if (!patch.isEmpty()) {
            response.put("patchType", "JSONPatch").put("patch", JSON.writeValueAsBytes(patch));
        }
    }

    private void count(String outcome) {
        meters.counter("sallyport.admissions", "outcome", outcome).increment();
    }
}

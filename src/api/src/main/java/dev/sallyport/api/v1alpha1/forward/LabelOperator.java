package dev.sallyport.api.v1alpha1.forward;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a label is compared, as in a Kubernetes label selector. */
public enum LabelOperator {
    /** Its value is among some. */
    @JsonProperty("In")
    IN,
    /** It is absent, or its value is not among some. */
    @JsonProperty("NotIn")
    NOT_IN,
    /** It is there. */
    @JsonProperty("Exists")
    EXISTS,
    /** It is not there. */
    @JsonProperty("DoesNotExist")
    DOES_NOT_EXIST
}

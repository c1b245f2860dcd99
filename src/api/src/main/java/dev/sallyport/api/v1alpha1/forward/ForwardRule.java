package dev.sallyport.api.v1alpha1.forward;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Lets some traffic through, or refuses it: exactly one of {@code allow} and {@code deny} is not null. */
@ApiType
@ValidationRule(
        value = "has(self.allow) != has(self.deny)",
        message =
                "rules: a rule has none or both of allow and deny; give exactly one, and make two rules of one that does both")
public record ForwardRule(
        @Form(Syntax.DNS_LABEL) @Nullable @JsonPropertyDescription("""
                What the rule is called in records, in denials and in status; a DNS label, different from the names of
                the other rules. Default: its place, such as rules[3].""")
        String name,

        @Nullable @JsonPropertyDescription("""
                `Enforce`: the rule takes part in decisions. `Report`: what it would decide is recorded and nothing
                else, so an allowing rule in this mode lets nothing through. Default: Enforce.""") Mode mode,

        @Nullable @JsonPropertyDescription("""
                Traffic to let through, unless another rule denies it. Exactly one of allow and deny is given.""") Traffic allow,

        @Nullable @JsonPropertyDescription("""
                Traffic to refuse, whatever allows it and whatever the order of the rules. Exactly one of allow and deny
                is given.""") Traffic deny) {}

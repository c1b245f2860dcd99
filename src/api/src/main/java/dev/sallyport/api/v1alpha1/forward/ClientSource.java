package dev.sallyport.api.v1alpha1.forward;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.Syntax;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Some clients: exactly one of the components is not null. */
@ApiType
@ValidationRule(
        value = "has(self.namespaceSelector) != has(self.cidr)",
        message = "clients.from: an entry has none or both of namespaceSelector and cidr; give exactly one")
public record ClientSource(
        @Nullable @JsonPropertyDescription("""
                The pods of all namespaces whose labels match; the empty selector `{}` matches every namespace. Exactly
                one of namespaceSelector and cidr is given.""") NamespaceSelector namespaceSelector,

        @Form(Syntax.CIDR) @Nullable @JsonPropertyDescription("""
                A network of clients, such as 10.20.0.0/16 or 2001:db8::/32. Exactly one of namespaceSelector and cidr
                is given.""")
        String cidr) {}

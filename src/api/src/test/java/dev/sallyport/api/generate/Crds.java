package dev.sallyport.api.generate;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.api.v1alpha1.ForwardProxy;
import dev.sallyport.api.v1alpha1.ForwardProxySpec;
import dev.sallyport.api.v1alpha1.ForwardProxyStatus;
import dev.sallyport.api.v1alpha1.ReverseProxy;
import dev.sallyport.api.v1alpha1.ReverseProxySpec;
import dev.sallyport.api.v1alpha1.ReverseProxyStatus;
import dev.sallyport.api.v1alpha1.common.Form;
import dev.sallyport.api.v1alpha1.common.ListMap;
import dev.sallyport.api.v1alpha1.common.ListSet;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.OutputStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * The CustomResourceDefinitions that the types give. fabric8's generator makes them; what it has no annotation for is put in afterwards:
 * list types, forms with their messages, the order of the columns, quantities, and Kubernetes' own schema of a condition.
 */
final class Crds {
    private static final String QUANTITY = "^[0-9]+(\\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$";

    private Crds() {}

    static CustomResourceDefinition forwardProxy() {
        return of(ForwardProxy.class, ForwardProxySpec.class, ForwardProxyStatus.class);
    }

    static CustomResourceDefinition reverseProxy() {
        return of(ReverseProxy.class, ReverseProxySpec.class, ReverseProxyStatus.class);
    }

    /** The definition as a file: without empty parts, in a stable order. */
    static String yaml(CustomResourceDefinition crd) {
        JsonNode tree = Serialization.jsonMapper().valueToTree(crd);
        tidy(tree);
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setSplitLines(false);
        return "# Generated from the types in src/api by `make generate`.\n"
                + new Yaml(options).dump(Serialization.jsonMapper().convertValue(tree, Object.class));
    }

    private static CustomResourceDefinition of(
            Class<? extends CustomResource<?, ?>> kind, Class<?> spec, Class<?> status) {
        CustomResourceDefinition crd = generate(kind);
        CustomResourceDefinitionVersion version = crd.getSpec().getVersions().getFirst();
        JSONSchemaProps schema = version.getSchema().getOpenAPIV3Schema();
        schema.setDescription(kind.getAnnotation(JsonClassDescription.class).value());
        complete(spec, schema.getProperties().get("spec"));
        complete(status, schema.getProperties().get("status"));
        List<String> columns = Arrays.stream(kind.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
        version.getAdditionalPrinterColumns()
                .sort(Comparator.comparingInt(column -> columns.indexOf(column.getName())));
        return crd;
    }

    private static CustomResourceDefinition generate(Class<? extends CustomResource<?, ?>> kind) {
        AtomicReference<CustomResourceDefinition> crd = new AtomicReference<>();
        new CRDGenerator()
                .customResourceClasses(kind)
                .withPostProcessor(new CRDPostProcessor() {
                    @Override
                    public HasMetadata process(HasMetadata generated, String version) {
                        crd.set((CustomResourceDefinition) generated);
                        return generated;
                    }
                })
                .withOutput(new CRDGenerator.AbstractCRDOutput<>() {
                    @Override
                    protected OutputStream createStreamFor(String name) {
                        return OutputStream.nullOutputStream();
                    }
                })
                .generate();
        return crd.get();
    }

    private static void complete(Class<?> type, JSONSchemaProps schema) {
        for (RecordComponent component : type.getRecordComponents()) {
            JSONSchemaProps property = schema.getProperties().get(component.getName());
            JSONSchemaProps value = property;
            Class<?> valueType = component.getType();
            if (valueType == List.class) {
                listType(component, property);
                value = property.getItems().getSchema();
                valueType = argument(component.getGenericType());
            }
            if (component.isAnnotationPresent(Form.class)) {
                form(component.getAnnotation(Form.class), value);
            }
            if (valueType == Condition.class) {
                property.getItems().setSchema(condition());
            } else if (valueType == Quantity.class) {
                value.setPattern(QUANTITY);
            } else if (valueType.isRecord()) {
                complete(valueType, value);
            }
        }
    }

    private static void listType(RecordComponent component, JSONSchemaProps list) {
        if (component.isAnnotationPresent(ListMap.class)) {
            list.setXKubernetesListType("map");
            list.setXKubernetesListMapKeys(
                    List.of(component.getAnnotation(ListMap.class).keys()));
        } else {
            list.setXKubernetesListType(component.isAnnotationPresent(ListSet.class) ? "set" : "atomic");
        }
    }

    private static void form(Form form, JSONSchemaProps text) {
        text.setMaxLength((long) form.value().maxLength());
        if (form.explained()) {
            text.getXKubernetesValidations()
                    .add(new ValidationRuleBuilder()
                            .withRule("self.matches(r'" + form.value().pattern() + "')")
                            .withMessage(form.value().message())
                            .build());
        } else {
            text.setPattern(form.value().pattern());
        }
    }

    private static Class<?> argument(Type list) {
        return (Class<?>) ((ParameterizedType) list).getActualTypeArguments()[0];
    }

    /** {@code metav1.Condition}, as every Kubernetes API has it. */
    private static JSONSchemaProps condition() {
        return Serialization.unmarshal("""
                type: object
                required: [lastTransitionTime, message, reason, status, type]
                properties:
                  lastTransitionTime:
                    type: string
                    format: date-time
                    description: When status changed last.
                  message:
                    type: string
                    description: Why it is so, for people.
                    maxLength: 32768
                  observedGeneration:
                    type: integer
                    format: int64
                    minimum: 0
                    description: The metadata.generation that this is about.
                  reason:
                    type: string
                    description: Why it is so, in one word for programs.
                    minLength: 1
                    maxLength: 1024
                    pattern: ^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$
                  status:
                    type: string
                    description: Whether it is.
                    enum: ["True", "False", Unknown]
                  type:
                    type: string
                    description: What may be the case, such as Ready.
                    maxLength: 316
                    pattern: ^[A-Za-z][A-Za-z0-9]*$
                """, JSONSchemaProps.class);
    }

    private static void tidy(JsonNode node) {
        if (node instanceof ObjectNode object) {
            for (Iterator<Map.Entry<String, JsonNode>> fields = object.fields(); fields.hasNext(); ) {
                Map.Entry<String, JsonNode> field = fields.next();
                JsonNode value = field.getValue();
                tidy(value);
                boolean subresource = field.getKey().equals("status") && object.has("scale");
                if (value.isNull() || value.isContainerNode() && value.isEmpty() && !subresource) {
                    fields.remove();
                } else if (value instanceof DoubleNode number && number.canConvertToExactIntegral()) {
                    field.setValue(LongNode.valueOf(number.longValue()));
                }
            }
        } else if (node instanceof ArrayNode array) {
            array.forEach(Crds::tidy);
        }
    }
}

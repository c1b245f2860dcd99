package dev.sallyport.control.plan;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.control.Control;
import dev.sallyport.control.Objects;
import dev.sallyport.control.input.References;
import dev.sallyport.model.config.ForwardRule;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A rule that cannot be used takes nobody with it, and opens nothing. */
class FailClosedTest {
    @Test
    void anAllowGrantsNothing() {
        assertThat(rules("{allow: ['*.co.uk', a.example]}")).singleElement().satisfies(rule -> {
            assertThat(rule.name()).isEqualTo("allow[1]");
            assertThat(rule.unresolved()).isEmpty();
        });
        assertThat(rules("{rules: [{name: x, allow: {hosts: [a.example, 1.2.3]}}]}"))
                .singleElement()
                .satisfies(rule -> {
                    assertThat(rule.hosts()).containsExactly("a.example");
                    assertThat(rule.unresolved()).startsWith("spec.rules[0].allow.hosts[1]: '1.2.3'");
                });
    }

    @Test
    void aDenyDeniesAllThatItsOtherConditionsMatch() {
        assertThat(rules("{rules: [{name: x, deny: {hosts: [a.example, 1.2.3], ports: [25]}}]}"))
                .singleElement()
                .satisfies(rule -> {
                    assertThat(rule.action()).isEqualTo(ForwardRule.Action.DENY);
                    assertThat(rule.hosts()).isEmpty();
                    assertThat(rule.ports()).containsExactly(25);
                    assertThat(rule.unresolved()).isNotEmpty();
                });
    }

    @Test
    void aDenyWithoutOtherConditionsLeavesWhatRuns() {
        Plan plan = Control.plan(
                Objects.forward("{allow: [b.example], rules: [{name: x, deny: {hosts: [a.example, 1.2.3]}}]}"),
                Objects.PODS);
        assertThat(plan.served()).isNull();
        assertThat(Control.render(plan, Objects.PODS)).isEmpty();
    }

    @Test
    void aDenyThatOnlyLacksANameOfItsOwnDenies() {
        assertThat(rules("{rules: [{name: x, allow: {hosts: [a.example]}}, {name: x, deny: {hosts: [b.example]}}]}")
                        .get(1))
                .satisfies(rule -> {
                    assertThat(rule.name()).isEqualTo("rules[1]");
                    assertThat(rule.hosts()).containsExactly("b.example");
                    assertThat(rule.unresolved()).isEmpty();
                });
    }

    @Test
    void aRuleThatForwardsAnswers500ForWhatItWouldHaveServed() {
        Plan plan = Control.plan(
                Objects.reverse("{rules: [{matches: [{path: {value: /a//b}}], backendRefs: [{name: a, port: 80}]}]}"),
                References.NONE,
                Objects.PODS);
        assertThat(requireNonNull(plan.served())
                        .snapshot()
                        .config()
                        .reverses()
                        .getFirst()
                        .rules())
                .singleElement()
                .satisfies(rule -> {
                    assertThat(rule.matches().getFirst().path().value()).isEqualTo("/a/b");
                    assertThat(rule.backends()).singleElement().satisfies(backend -> {
                        assertThat(backend.cluster()).isEmpty();
                        assertThat(backend.unresolved()).startsWith("spec.rules[0].matches[0].path.value: '/a//b'");
                    });
                });
    }

    @Test
    void aMatchThatNoRequestCanMeetTakesNoRequest() {
        Plan plan = Control.plan(Objects.reverse("""
                        {rules: [
                          {matches: [{path: {value: /a%2fb}}], backendRefs: [{name: a, port: 80}]},
                          {matches: [{headers: [{name: 'a:', value: x}]}], backendRefs: [{name: a, port: 80}]},
                          {listener: other, backendRefs: [{name: a, port: 80}]}]}"""), References.NONE, Objects.PODS);
        assertThat(requireNonNull(plan.served())
                        .snapshot()
                        .config()
                        .reverses()
                        .getFirst()
                        .rules())
                .isEmpty();
        assertThat(plan.rules()).hasSize(3).noneMatch(Plan.Rule::isAccepted);
    }

    private static List<ForwardRule> rules(String spec) {
        Plan plan = Control.plan(Objects.forward(spec), Objects.PODS);
        return requireNonNull(plan.served())
                .snapshot()
                .config()
                .forwards()
                .getFirst()
                .rules();
    }
}

package dev.sallyport.control.status;

import dev.sallyport.api.v1alpha1.ForwardProxyStatus;
import dev.sallyport.api.v1alpha1.ReverseProxyStatus;
import dev.sallyport.api.v1alpha1.common.Relays;
import dev.sallyport.api.v1alpha1.reverse.Address;
import dev.sallyport.api.v1alpha1.reverse.AddressType;
import dev.sallyport.control.input.Settings;
import dev.sallyport.control.plan.Plan;
import dev.sallyport.control.render.Labels;
import dev.sallyport.control.render.Names;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes the status of a proxy. */
public final class Statuses {
    private static final int LISTED = 50;

    private Statuses() {}

    /** @param before what the object has now; null for none */
    public static ForwardProxyStatus forward(
            Plan plan, Observed observed, @Nullable ForwardProxyStatus before, Instant now) {
        var judge = new Judge(plan, observed);
        var rules = before == null ? null : before.rules();
        Map<String, List<Condition>> old = rules == null || rules.listed() == null
                ? Map.of()
                : byName(rules.listed(), rule -> rule.name(), rule -> rule.conditions());
        return new ForwardProxyStatus(
                plan.subject().generation(),
                judge.conditions(before == null ? null : before.conditions(), now),
                new Relays(judge.readyRelays(), judge.programmedRelays()),
                judge.beside(),
                Labels.selectorText(plan.subject()),
                judge.replicas(),
                new dev.sallyport.api.v1alpha1.forward.RulesStatus(
                        plan.rules().size(),
                        listed(plan)
                                .map(rule -> new dev.sallyport.api.v1alpha1.forward.RuleStatus(
                                        rule.name(), ruleConditions(plan, judge, rule, old.get(rule.name()), now)))
                                .toList()));
    }

    /** @param before what the object has now; null for none */
    public static ReverseProxyStatus reverse(
            Plan plan, Observed observed, @Nullable ReverseProxyStatus before, Instant now, Settings settings) {
        var judge = new Judge(plan, observed);
        var rules = before == null ? null : before.rules();
        Map<String, List<Condition>> old = rules == null || rules.listed() == null
                ? Map.of()
                : byName(rules.listed(), rule -> rule.name(), rule -> rule.conditions());
        return new ReverseProxyStatus(
                plan.subject().generation(),
                judge.conditions(before == null ? null : before.conditions(), now),
                addresses(plan, observed.service(), settings),
                new Relays(judge.readyRelays(), judge.programmedRelays()),
                judge.beside(),
                Labels.selectorText(plan.subject()),
                judge.replicas(),
                new dev.sallyport.api.v1alpha1.reverse.RulesStatus(
                        plan.rules().size(),
                        listed(plan)
                                .map(rule -> new dev.sallyport.api.v1alpha1.reverse.RuleStatus(
                                        rule.name(),
                                        rule.endpoints() == null
                                                ? null
                                                : rule.endpoints().toString(),
                                        ruleConditions(plan, judge, rule, old.get(rule.name()), now)))
                                .toList()));
    }

    /** Those that are not well first, else in the order of the object. */
    private static Stream<Plan.Rule> listed(Plan plan) {
        return plan.rules().stream()
                .sorted(Comparator.comparing(Plan.Rule::isWell))
                .limit(LISTED);
    }

    private static List<Condition> ruleConditions(
            Plan plan, Judge judge, Plan.Rule rule, @Nullable List<Condition> before, Instant now) {
        var conditions = new Conditions(before, plan.subject().generation(), now);
        conditions.add(ConditionType.ACCEPTED, Judge.accepted(rule));
        if (rule.endpoints() != null) {
            conditions.add(ConditionType.RESOLVED_REFS, Judge.resolvedRefs(rule.unresolved()));
        }
        judge.servedBySidecars(rule)
                .ifPresent(judgement -> conditions.add(ConditionType.SERVED_BY_SIDECARS, judgement));
        return conditions.list();
    }

    private static @Nullable List<Address> addresses(Plan plan, @Nullable Service service, Settings settings) {
        if (service == null) {
            return null;
        }
        List<LoadBalancerIngress> balancers =
                service.getStatus() == null || service.getStatus().getLoadBalancer() == null
                        ? List.of()
                        : service.getStatus().getLoadBalancer().getIngress();
        List<Address> addresses = balancers.stream()
                .map(balancer -> balancer.getHostname() != null
                        ? new Address(AddressType.HOSTNAME, balancer.getHostname())
                        : new Address(AddressType.IP_ADDRESS, balancer.getIp()))
                .limit(16)
                .toList();
        return addresses.isEmpty()
                ? List.of(new Address(AddressType.HOSTNAME, Names.serviceHost(plan.subject(), settings)))
                : addresses;
    }

    private static <T> Map<String, List<Condition>> byName(
            List<T> rules, Function<T, @Nullable String> name, Function<T, @Nullable List<Condition>> conditions) {
        return rules.stream()
                .filter(rule -> name.apply(rule) != null && conditions.apply(rule) != null)
                .collect(Collectors.toMap(
                        rule -> String.valueOf(name.apply(rule)),
                        rule -> List.copyOf(conditions.apply(rule)),
                        (first, second) -> first));
    }
}

package dev.sallyport.model.role;

import static dev.sallyport.model.role.Asks.PEER;
import static dev.sallyport.model.role.Asks.absolute;
import static dev.sallyport.model.role.Asks.connect;
import static dev.sallyport.model.role.Asks.get;
import static dev.sallyport.model.role.Configs.allow;
import static dev.sallyport.model.role.Configs.deny;
import static dev.sallyport.model.role.Configs.forward;
import static dev.sallyport.model.role.Configs.policy;
import static dev.sallyport.model.role.Configs.role;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ForwardRoleTest {
    private static Verdict.Refuse refused(Role role, Ask ask) {
        assertThat(role.decide(ask, PEER)).isInstanceOf(Verdict.Refuse.class);
        return (Verdict.Refuse) role.decide(ask, PEER);
    }

    private static Verdict.To passed(Role role, Ask ask) {
        assertThat(role.decide(ask, PEER)).isInstanceOf(Verdict.To.class);
        return (Verdict.To) role.decide(ask, PEER);
    }

    @Test
    void goesWhereARuleAllows() {
        Role role = role(forward(policy(allow("allow[0]", "api.stripe.com", "*.githubusercontent.com:8443"))));
        assertThat(passed(role, connect("API.Stripe.com.", 443)).destination())
                .isEqualTo(new Destination.Named("api.stripe.com", 443));
        assertThat(passed(role, get("api.stripe.com", -1)).destination())
                .isEqualTo(new Destination.Named("api.stripe.com", 80));
        assertThat(passed(role, connect("raw.githubusercontent.com", 8443)).rule())
                .isEqualTo("allow[0]");
        assertThat(refused(role, connect("raw.githubusercontent.com", 443)).status())
                .isEqualTo(403);
    }

    @Test
    void deniesWhatNoRuleAllows() {
        Verdict.Refuse refusal = refused(role(forward(policy(allow("a", "example.com")))), get("example.org", 80));
        assertThat(refusal)
                .isEqualTo(
                        new Verdict.Refuse(403, ProxyError.HTTP_REQUEST_DENIED, "", "No rule allows example.org:80."));
    }

    @Test
    void letsDenyWinWhateverTheOrder() {
        Role role = role(forward(
                policy(allow("everything", "*"), deny("evil", ".evil.example"), deny("also", "www.evil.example"))));
        assertThat(refused(role, absolute("POST", "www.evil.example", 80)).rule())
                .isEqualTo("evil");
        assertThat(passed(role, get("good.example", 80)).rule()).isEqualTo("everything");
    }
}

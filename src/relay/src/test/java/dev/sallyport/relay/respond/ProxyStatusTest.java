package dev.sallyport.relay.respond;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.role.ProxyError;
import org.junit.jupiter.api.Test;

class ProxyStatusTest {
    @Test
    void escapesWhatAStructuredStringCannotHold() {
        assertThat(ProxyStatus.of(
                        ProxyError.DNS_ERROR, "a \"b\" \\ c\r\nX: y\u00e9\u2028\u007f", "forward shop/egress"))
                .isEqualTo(
                        "sallyport; error=dns_error; details=\"a \\\"b\\\" \\\\ cX: y\"; hop=\"forward shop/egress\"");
    }

    @Test
    void givesEveryErrorAStatus() {
        for (ProxyError error : ProxyError.values()) {
            assertThat(Answer.failure(error, "x").status()).isBetween(400, 599);
        }
    }

    @Test
    void writesDatesAsHttpDoes() {
        Dates dates = new Dates();
        assertThat(dates.at(784_111_777).toString()).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
        assertThat(dates.at(0).toString()).isEqualTo("Thu, 01 Jan 1970 00:00:00 GMT");
    }
}

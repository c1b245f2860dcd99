package dev.sallyport.control.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.control.input.Settings;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientSettingsTest {
    @Test
    void namesTheClusterToEveryClientInItsOwnWay() {
        var data = ClientSettings.of(
                "egress.shop.svc.cluster.local",
                3128,
                false,
                settings("10.96.0.0/14", "10.1.0.0/16", "fd00:10::/64", "192.0.2.7/32"));
        assertThat(data.get("NO_PROXY"))
                .isEqualTo(
                        "localhost,127.0.0.1,::1,.svc,.cluster.local,10.96.0.0/14,10.1.0.0/16,fd00:10::/64,192.0.2.7/32");
        assertThat(data.get("JAVA_TOOL_OPTIONS"))
                .contains("-Dhttps.proxyHost=egress.shop.svc.cluster.local -Dhttps.proxyPort=3128")
                .endsWith("*.cluster.local|10.96.*|10.97.*|10.98.*|10.99.*|10.1.*|192.0.2.7");
        assertThat(data.get("proxy.pac"))
                .contains("isInNet(host, \"10.96.0.0\", \"255.252.0.0\")")
                .contains("isInNet(host, \"192.0.2.7\", \"255.255.255.255\")")
                .doesNotContain("fd00");
        assertThat(data.get("http_proxy")).isEqualTo("http://egress.shop.svc.cluster.local:3128");
    }

    @Test
    void settingsRefuseWhatIsNoNetwork() {
        assertThatThrownBy(() -> settings("10.96.0.1/12"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("write 10.96.0.0/12");
    }

    private static Settings settings(String... ranges) {
        return Settings.pods("1", "image", "image", "sallyport-system", List.of(ranges));
    }
}

package dev.sallyport.control.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Quantity;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmountTest {
    @ParameterizedTest
    @CsvSource({
        "1000m, 1",
        "1500m, 1500m",
        "0.5, 500m",
        "2, 2",
        "1024Mi, 1Gi",
        "1.5Gi, 1536Mi",
        "128Mi, 128Mi",
        "1000M, 1G",
        "1e3, 1k",
        "100u, 100u",
        "1000000000, 1G",
        "1073741824, 1073741824",
        "0.0000000001, 1n",
        "0, 0",
    })
    void writesWhatTheApiServerStores(String given, String stored) {
        assertThat(Amount.of(Quantity.parse(given)).text()).isEqualTo(stored);
    }
}

package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.relay.loop.Transport;
import dev.sallyport.relay.record.Decision;
import dev.sallyport.relay.record.RecordedDecision;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import dev.sallyport.relay.rig.Wire;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReverseTest {
    @ParameterizedTest
    @EnumSource
    void keepsBothConnections(Transport transport) throws Exception {
        try (Origin origin = Origin.saying("hello");
                Rig rig = Rig.setup().transport(transport).reverse(origin).start();
                Wire client = rig.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("GET /a/../b?x=1 HTTP/1.1\r\nHost: shop.example\r\n\r\n");
                Wire.Response response = client.readResponse();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body()).isEqualTo("hello");
                RecordedDecision decision = rig.decision();
                assertThat(decision.status()).isEqualTo(200);
                assertThat(decision.responseBytes()).isEqualTo(5);
                assertThat(decision.end()).isEqualTo(Decision.End.COMPLETE);
                assertThat(decision.upstream()).isEqualTo(origin.authority());
            }
            assertThat(origin.accepted()).isEqualTo(1);
            assertThat(origin.requests()).hasSize(3).allSatisfy(request -> {
                assertThat(request.line()).isEqualTo("GET /b?x=1 HTTP/1.1");
                assertThat(request.field("host")).isEqualTo("shop.example");
                assertThat(request.field("x-forwarded-for")).isEqualTo("127.0.0.1");
            });
        }
    }
}

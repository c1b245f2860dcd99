package dev.sallyport.relay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.relay.http.h2.ErrorCode;
import dev.sallyport.relay.record.Decision.End;
import dev.sallyport.relay.rig.Clusters;
import dev.sallyport.relay.rig.H2Peer;
import dev.sallyport.relay.rig.Http2Wire;
import dev.sallyport.relay.rig.Origin;
import dev.sallyport.relay.rig.Rig;
import org.junit.jupiter.api.Test;

/** What gRPC asks of HTTP/2 from end to end. */
class GrpcTest {
    private static final String CALL =
            Http2Wire.request("POST", "/pkg.Service/Method") + "|content-type: application/grpc|te: trailers";

    private static Origin origin(Script script) {
        return Origin.scripted((wire, number) -> {
            H2Peer peer = H2Peer.serve(wire);
            script.run(peer);
            peer.untilEnd();
        });
    }

    @FunctionalInterface
    private interface Script {
        void run(H2Peer peer) throws Exception;
    }

    private static Rig before(Origin origin) throws Exception {
        return Rig.setup()
                .reverse(origin)
                .backend(Clusters.protocol(Cluster.Protocol.H2C))
                .start();
    }

    @Test
    void passesTheStatusInTrailersOn() throws Exception {
        try (Origin origin = origin(peer -> {
                    H2Peer.Head call = peer.nextHead();
                    assertThat(call.field("te")).isEqualTo("trailers");
                    assertThat(call.field("grpc-timeout")).isEqualTo("1S");
                    assertThat(call.field(":path")).isEqualTo("/pkg.Service/Method");
                    assertThat(peer.next(H2Peer.DATA).text()).isEqualTo("question");
                    peer.head(1, false, ":status", "200", "content-type", "application/grpc");
                    peer.data(1, "answer", false);
                    peer.head(1, true, "grpc-status", "5", "grpc-message", "none%20such");
                });
                Rig rig = before(origin);
                Http2Wire client = rig.http2()) {
            client.headers(1, CALL + "|grpc-timeout: 1S", false).data(1, "question", true);
            Http2Wire.Response response = client.response(1);
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("answer");
            assertThat(response.trailers())
                    .containsEntry("grpc-status", "5")
                    .containsEntry("grpc-message", "none%20such");
            assertThat(rig.decision().end()).isEqualTo(End.COMPLETE);
        }
    }

    /** A response of a head alone must stay one: after it no client looks for a status in trailers. */
    @Test
    void keepsAResponseOfTrailersOnlyWhole() throws Exception {
        try (Origin origin = origin(peer -> {
                    peer.nextHead();
                    peer.head(1, true, ":status", "200", "content-type", "application/grpc", "grpc-status", "12");
                });
                Rig rig = before(origin);
                Http2Wire client = rig.http2()) {
            client.headers(1, CALL, false).data(1, "question", true);
            Http2Wire.Head head = client.next(Http2Wire.Head.class);
            assertThat(head.fields()).containsEntry("grpc-status", "12");
            assertThat(head.end()).isTrue();
        }
    }

    @Test
    void carriesBothDirectionsAtATime() throws Exception {
        try (Origin origin = origin(peer -> {
                    peer.nextHead();
                    peer.head(1, false, ":status", "200", "content-type", "application/grpc");
                    for (int i = 0; i < 3; i++) {
                        peer.data(1, "heard " + peer.next(H2Peer.DATA).text(), false);
                    }
                    assertThat(peer.next(H2Peer.DATA).endsStream()).isTrue();
                    peer.head(1, true, "grpc-status", "0");
                });
                Rig rig = before(origin);
                Http2Wire client = rig.http2()) {
            client.headers(1, CALL, false);
            assertThat(client.next(Http2Wire.Head.class).end()).isFalse();
            for (int i = 0; i < 3; i++) {
                client.data(1, "" + i, false);
                assertThat(client.next(Http2Wire.Data.class).text()).isEqualTo("heard " + i);
            }
            client.data(1, "", true);
            assertThat(client.next(Http2Wire.Head.class).fields()).containsEntry("grpc-status", "0");
        }
    }

    @Test
    void cancelsWhatTheClientCancels() throws Exception {
        try (Origin origin = origin(peer -> {
                    peer.nextHead();
                    peer.head(1, false, ":status", "200", "content-type", "application/grpc");
                    assertThat(peer.next(H2Peer.RST_STREAM).number(0)).isEqualTo(ErrorCode.CANCEL.number());
                    peer.nextHead();
                    peer.head(3, true, ":status", "200", "grpc-status", "0");
                });
                Rig rig = before(origin);
                Http2Wire client = rig.http2()) {
            client.headers(1, CALL, false);
            client.next(Http2Wire.Head.class);
            client.reset(1, ErrorCode.CANCEL);
            client.headers(3, CALL, true);
            assertThat(client.response(3).field("grpc-status")).isEqualTo("0");
            assertThat(origin.accepted()).isEqualTo(1);
        }
    }

    @Test
    void resetsWhatTheServerResets() throws Exception {
        try (Origin origin = origin(peer -> {
                    peer.nextHead();
                    peer.head(1, false, ":status", "200", "content-type", "application/grpc");
                    peer.data(1, "half", false);
                    peer.reset(1, ErrorCode.INTERNAL_ERROR.number());
                });
                Rig rig = before(origin);
                Http2Wire client = rig.http2()) {
            client.headers(1, CALL, true);
            client.next(Http2Wire.Reset.class);
            assertThat(rig.decision().end()).isEqualTo(End.UPSTREAM_CLOSED);
        }
    }
}

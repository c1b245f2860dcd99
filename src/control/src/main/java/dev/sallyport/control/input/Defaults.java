package dev.sallyport.control.input;

import dev.sallyport.model.config.Cluster;
import dev.sallyport.model.config.DisclosureMode;
import dev.sallyport.model.config.Drain;
import dev.sallyport.model.config.HealthCheck;
import dev.sallyport.model.config.Mode;
import dev.sallyport.model.config.Telemetry;
import java.time.Duration;
import java.util.List;

/** What holds where an object says nothing. The descriptions of its fields promise these values. */
public final class Defaults {
    public static final int REPLICAS = 2;

    /** In cores. */
    public static final String CPU_REQUEST = "100m";

    public static final String MEMORY_REQUEST = "128Mi";
    public static final String MEMORY_LIMIT = "512Mi";

    /** Of a relay beside an application, whose own CPU it shares. */
    public static final int SIDECAR_LOOPS = 1;

    /** Of a relay beside an application. Its limits are always set, since some namespaces take no pod without. */
    public static final String SIDECAR_CPU_REQUEST = "50m";

    public static final String SIDECAR_CPU_LIMIT = "1";
    public static final String SIDECAR_MEMORY_REQUEST = "96Mi";
    public static final String SIDECAR_MEMORY_LIMIT = "256Mi";

    public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** Between requests of a client's connection. */
    public static final Duration CLIENT_IDLE_TIMEOUT = Duration.ofSeconds(60);

    public static final Drain DRAIN = new Drain(Duration.ofSeconds(5), Duration.ofSeconds(30));
    public static final Telemetry.AccessLog ACCESS_LOG = Telemetry.AccessLog.JSON;
    /** Of each listener of a relay. */
    public static final int CONNECTIONS = 20_000;

    /** Any number: many clients share an address behind a NAT or a load balancer. */
    public static final int CONNECTIONS_PER_ADDRESS = 0;

    /** In bytes a second. */
    public static final int BODY_MIN_RATE = 500;

    public static final int HEADER_BYTES = 32 * 1024;
    public static final Duration HEADER_TIMEOUT = Duration.ofSeconds(10);

    /** Of forward proxies. */
    public static final int MIXED_PORT = 3128;

    public static final Mode MODE = Mode.ENFORCE;
    public static final boolean GUARD_PRIVATE_RANGES = true;
    public static final DisclosureMode DISCLOSURE = DisclosureMode.ANONYMOUS;

    public static final List<Integer> CONNECT_PORTS = List.of(443);

    /** Of exchanges and tunnels without a byte. */
    public static final Duration FORWARD_IDLE_TIMEOUT = Duration.ofMinutes(5);

    /** A slow answer is ended by {@link #FORWARD_IDLE_TIMEOUT} alone. */
    public static final Duration FORWARD_RESPONSE_TIMEOUT = Duration.ZERO;

    public static final Duration TUNNEL_LIFETIME = Duration.ZERO;

    /** Forward proxies pass on requests of any size. */
    public static final long FORWARD_BODY_BYTES = 0;

    /** What listeners with TLS offer. */
    public static final List<String> ALPN = List.of("h2", "http/1.1");

    /** Of reverse proxies. */
    public static final String LISTENER_NAME = "http";

    public static final int LISTENER_PORT = 80;
    public static final String TLS_LISTENER_NAME = "https";
    public static final int TLS_LISTENER_PORT = 443;
    public static final long REVERSE_BODY_BYTES = 8L * 1024 * 1024;
    public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    /** Of gRPC and server-sent events. */
    public static final Duration STREAM_TIMEOUT = Duration.ZERO;

    /** Of requests and streams without a byte, unless a rule gives its requests longer. */
    public static final Duration REVERSE_IDLE_TIMEOUT = Duration.ofMinutes(5);

    /** Of connections that are passed through. */
    public static final Duration PASSAGE_IDLE_TIMEOUT = Duration.ofHours(1);

    /** Of upgraded connections and of those that are passed through. */
    public static final Duration STREAM_LIFETIME = Duration.ZERO;

    public static final Duration BACKEND_TIMEOUT = Duration.ZERO;
    public static final int RETRIES = 2;
    public static final int WEIGHT = 1;
    public static final Cluster.Balancing BALANCING = Cluster.Balancing.LEAST_REQUEST;

    public static final Duration SLOW_START = Duration.ZERO;
    public static final Duration CHECK_INTERVAL = Duration.ofSeconds(5);
    public static final Duration CHECK_TIMEOUT = Duration.ofSeconds(2);
    public static final int UNHEALTHY_THRESHOLD = 3;
    public static final int HEALTHY_THRESHOLD = 1;
    public static final List<HealthCheck.StatusRange> HEALTHY_STATUSES = List.of(new HealthCheck.StatusRange(200, 299));
    public static final HealthCheck.Passive PASSIVE_CHECK = new HealthCheck.Passive(5, Duration.ofSeconds(10), 50);

    private Defaults() {}
}

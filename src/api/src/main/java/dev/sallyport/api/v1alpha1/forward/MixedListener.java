package dev.sallyport.api.v1alpha1.forward;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.sallyport.api.v1alpha1.common.ApiType;
import dev.sallyport.api.v1alpha1.common.ListSet;
import dev.sallyport.api.v1alpha1.common.ProxyTls;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One port on which a client may speak any of some protocols. */
@ApiType
public record MixedListener(
        @Min(1) @Max(65535) @Default("3128") @Nullable @JsonPropertyDescription("""
                The port of the proxy's Service, 1 to 65535. A port that the relay needs for itself is reported in
                status. Default: 3128.""")
        Integer port,

        @ListSet @Size(min = 1, max = 2) @Nullable @JsonPropertyDescription("""
                What clients may ask for. `HTTP`: plain HTTP requests with the whole URL as their target. `CONNECT`:
                tunnels, as clients use for HTTPS. What is not listed is refused with 403. Default: both.""")
        List<ForwardProtocol> protocols,

        @Nullable @JsonPropertyDescription("""
                Has clients speak TLS to the proxy, and nothing without it: they name it as https://, and what they ask
                for, with the credentials in it, is hidden from the network between. Default: no TLS.""") ProxyTls tls) {}

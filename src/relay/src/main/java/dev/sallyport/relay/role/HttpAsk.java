package dev.sallyport.relay.role;

import dev.sallyport.model.request.RequestView;
import dev.sallyport.model.role.Ask;
import dev.sallyport.relay.http.RequestHead;
import dev.sallyport.relay.http.Scheme;
import dev.sallyport.relay.http.TargetForm;
import org.jspecify.annotations.Nullable;

/**
 * A view of whatever request the head holds at the moment.
 *
 * @param connectionScheme that of requests that name none
 * @param original of the connection
 */
public record HttpAsk(RequestHead head, String connectionScheme, Ask.@Nullable OriginalDestination original)
        implements Ask.Http {
    @Override
    public RequestView request() {
        return head;
    }

    @Override
    public boolean absoluteForm() {
        return head.targetForm() == TargetForm.ABSOLUTE;
    }

    @Override
    public String scheme() {
        Scheme named = head.scheme();
        if (named == null) {
            return connectionScheme;
        }
        return named == Scheme.HTTPS ? "https" : "http";
    }
}

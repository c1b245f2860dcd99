package dev.sallyport.relay.role;

import dev.sallyport.model.request.RequestView;
import dev.sallyport.model.role.Ask;
import dev.sallyport.relay.http.RequestHead;

/** A view of whatever CONNECT request the head holds at the moment. */
public record ConnectAsk(RequestHead head) implements Ask.Connect {
    @Override
    public RequestView request() {
        return head;
    }
}

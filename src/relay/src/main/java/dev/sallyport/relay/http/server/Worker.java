package dev.sallyport.relay.http.server;

import dev.sallyport.relay.loop.Loop;
import dev.sallyport.relay.loop.Redirects;
import dev.sallyport.relay.record.Recorder;
import dev.sallyport.relay.respond.Dates;
import dev.sallyport.relay.respond.Via;
import dev.sallyport.relay.upstream.Upstreams;

/** What all client connections of one loop share. */
public record Worker(
        Loop loop,
        Upstreams upstreams,
        Recorder recorder,
        Via via,
        Dates dates,
        Handshakes handshakes,
        Redirects redirects) {}

package dev.sallyport.relay.http.server;

import dev.sallyport.relay.http.h2.Breach;
import dev.sallyport.relay.record.ClientFault;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * What a client of HTTP/2 may make the relay do that moves nothing: one {@link Budget} for streams that are given up, one
 * for idle frames. What it asks and sends earns some of it back; what it breaks by overspending ends its connection.
 */
final class Floods {
    /** Streams given up by the client, or by its fault. Each one that is served whole earns one back. */
    private static final int RESETS = 200;

    private static final int RESETS_PER_SECOND = 20;

    /** Frames that move nothing. */
    private static final int IDLE_FRAMES = 1000;

    private static final int IDLE_FRAMES_PER_SECOND = 100;
    private static final int SETTINGS_COST = 10;
    private static final int REQUEST_WORTH = 20;
    private static final int DATA_WORTH = 4;

    private final Channel channel;
    private final Budget resets;
    private final Budget idleFrames;

    /** @param now a time of {@link System#nanoTime()} */
    Floods(Channel channel, long now) {
        this.channel = channel;
        this.resets = new Budget(RESETS, RESETS_PER_SECOND, now);
        this.idleFrames = new Budget(IDLE_FRAMES, IDLE_FRAMES_PER_SECOND, now);
    }

    /** A request came. */
    void asked() {
        idleFrames.earn(REQUEST_WORTH);
    }

    /** Data came or went. It pays for the credit that is given for it, which many peers give in small portions. */
    void moved(int bytes) {
        idleFrames.earn(DATA_WORTH * (1 + bytes / 1024));
    }

    /** A stream was served to its end. */
    void served() {
        resets.earn(1);
    }

    /** A stream ends by its client's fault. */
    void provoked() {
        if (!resets.spend(1)) {
            resets.refill(System.nanoTime());
        }
    }

    /** What there is to say to the streams that ended so far: null when there were not too many. */
    @Nullable
    Breach calm() {
        return resets.spend(0) ? null : Breach.RESET_FLOOD;
    }

    /** A frame that moves nothing: null, or the flood that it is part of. */
    @Nullable
    Breach idle(Breach flood) {
        return spend(1) ? null : flood;
    }

    /** A frame that is answered: null, or the flood that it is part of. */
    @Nullable
    Breach answered(Breach flood) {
        boolean paid = spend(flood == Breach.SETTINGS_FLOOD ? SETTINGS_COST : 1);
        return paid ? null : channel.isWritable() ? flood : Breach.CONTROL_FLOOD;
    }

    /** Time refills the budget only of a client that reads what it is answered. */
    private boolean spend(int cost) {
        if (idleFrames.spend(cost)) {
            return true;
        }
        if (channel.isWritable()) {
            idleFrames.refill(System.nanoTime());
        }
        return idleFrames.spend(0);
    }

    /** As what a breach is counted. */
    static ClientFault faultOf(Breach breach) {
        return switch (breach) {
            case RESET_FLOOD -> ClientFault.H2_RESET_FLOOD;
            case CONTINUATION_FLOOD -> ClientFault.H2_CONTINUATION_FLOOD;
            case SETTINGS_FLOOD -> ClientFault.H2_SETTINGS_FLOOD;
            case PING_FLOOD -> ClientFault.H2_PING_FLOOD;
            case CONTROL_FLOOD -> ClientFault.H2_CONTROL_FLOOD;
            case EMPTY_DATA_FLOOD, PRIORITY_FLOOD, WINDOW_UPDATE_FLOOD, UNKNOWN_FRAME_FLOOD ->
                ClientFault.H2_EMPTY_FRAMES;
            case HEADER_BLOCK_TOO_LARGE -> ClientFault.H2_HEADER_BOMB;
            case HEADER_TIMEOUT -> ClientFault.HEAD_TIMEOUT;
            default -> ClientFault.H2_PROTOCOL;
        };
    }
}

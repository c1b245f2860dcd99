package dev.sallyport.relay.upstream.endpoints;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** What comes over a socket, with a limit to the time that it may take: a peer that is gone says nothing. */
final class Patience extends InputStream {
    private final Socket socket;
    private final InputStream in;
    private Duration limit;
    private long giveUp;
    private boolean each;

    /** @param limit for all that is read before {@link #eachWithin} */
    Patience(Socket socket, Duration limit) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.limit = limit;
        this.giveUp = System.nanoTime() + limit.toNanos();
    }

    /** From now on the limit is one for each read. */
    void eachWithin(Duration silence) {
        limit = silence;
        each = true;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        long left = each ? limit.toMillis() : (giveUp - System.nanoTime()) / 1_000_000;
        try {
            if (left <= 0) {
                throw new SocketTimeoutException();
            }
            socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
            return in.read(into, offset, length);
        } catch (SocketTimeoutException e) {
            throw new IOException(each ? "nothing was heard for " + limit : "no answer within " + limit, e);
        }
    }
}

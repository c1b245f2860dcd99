package dev.sallyport.relay.upstream.endpoints;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** A stream that is closed when nothing came out of it for a while: a peer that is gone says nothing. */
final class Silence extends FilterInputStream {
    private final long most;
    private final Thread watchdog;
    private volatile long heard = System.nanoTime();
    private volatile boolean silent;

    Silence(InputStream in, Duration most) {
        super(in);
        this.most = most.toNanos();
        this.watchdog = Thread.ofVirtual().name("silence").start(this::listen);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        try {
            int count = super.read(into, offset, length);
            heard = System.nanoTime();
            if (count < 0 && silent) {
                throw new IOException("closed");
            }
            return count;
        } catch (IOException e) {
            throw silent ? new IOException("nothing was heard for " + Duration.ofNanos(most), e) : e;
        }
    }

    @Override
    public void close() throws IOException {
        watchdog.interrupt();
        super.close();
    }

    private void listen() {
        try {
            for (long left = most; left > 0; left = heard + most - System.nanoTime()) {
                Thread.sleep(Duration.ofNanos(left));
            }
            silent = true;
            super.close();
        } catch (InterruptedException | IOException e) {
            // closed
        }
    }
}

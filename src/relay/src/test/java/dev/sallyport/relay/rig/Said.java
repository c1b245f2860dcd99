package dev.sallyport.relay.rig;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What this process logged as a warning or worse from its making on, unless it is of tests that run beside. */
public final class Said extends Handler implements AutoCloseable {
    private final List<String> said = new CopyOnWriteArrayList<>();

    public Said() {
        setLevel(Level.WARNING);
        Logger.getLogger("").addHandler(this);
    }

    public List<String> all() {
        return said;
    }

    @Override
    public void publish(LogRecord logged) {
        if (logged.getLevel().intValue() >= Level.WARNING.intValue()) {
            said.add(logged.getLoggerName() + ": " + logged.getMessage() + " " + logged.getThrown());
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        Logger.getLogger("").removeHandler(this);
    }
}

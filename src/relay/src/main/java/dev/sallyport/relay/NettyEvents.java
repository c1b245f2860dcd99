package dev.sallyport.relay;

import dev.sallyport.relay.record.Events;
import io.netty.util.internal.logging.AbstractInternalLogger;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import org.jspecify.annotations.Nullable;

/** Netty's warnings and errors as events of the relay; the rest of what it says is left out. */
final class NettyEvents extends InternalLoggerFactory {
    private final Events events;

    NettyEvents(Events events) {
        this.events = events;
    }

    @Override
    protected InternalLogger newInstance(String name) {
        return new Logger(name, events);
    }

    private static final class Logger extends AbstractInternalLogger {
        private static final long serialVersionUID = 1;

        private final transient Events events;

        Logger(String name, Events events) {
            super(name);
            this.events = events;
        }

        private void say(String message, @Nullable Throwable cause) {
            String why = cause == null ? "" : ": " + cause;
            events.warn("netty", "logger", name(), "message", message + why);
        }

        /** Netty's messages mark the places of their arguments with {@code {}}. */
        private void say(String format, Object... arguments) {
            StringBuilder message = new StringBuilder();
            int from = 0;
            int next = 0;
            for (int at = format.indexOf("{}"); at >= 0 && next < arguments.length; at = format.indexOf("{}", from)) {
                message.append(format, from, at).append(arguments[next++]);
                from = at + 2;
            }
            message.append(format, from, format.length());
            boolean causeLeft = next < arguments.length && arguments[arguments.length - 1] instanceof Throwable;
            say(message.toString(), causeLeft ? (Throwable) arguments[arguments.length - 1] : null);
        }

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public boolean isDebugEnabled() {
            return false;
        }

        @Override
        public boolean isInfoEnabled() {
            return false;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }

        @Override
        public void warn(String message) {
            say(message, (Throwable) null);
        }

        @Override
        public void warn(String format, Object argument) {
            say(format, new Object[] {argument});
        }

        @Override
        public void warn(String format, Object... arguments) {
            say(format, arguments);
        }

        @Override
        public void warn(String format, Object first, Object second) {
            say(format, new Object[] {first, second});
        }

        @Override
        public void warn(String message, Throwable cause) {
            say(message, cause);
        }

        @Override
        public void error(String message) {
            warn(message);
        }

        @Override
        public void error(String format, Object argument) {
            warn(format, argument);
        }

        @Override
        public void error(String format, Object first, Object second) {
            warn(format, first, second);
        }

        @Override
        public void error(String format, Object... arguments) {
            warn(format, arguments);
        }

        @Override
        public void error(String message, Throwable cause) {
            warn(message, cause);
        }

        @Override
        public void trace(String message) {}

        @Override
        public void trace(String format, Object argument) {}

        @Override
        public void trace(String format, Object first, Object second) {}

        @Override
        public void trace(String format, Object... arguments) {}

        @Override
        public void trace(String message, Throwable cause) {}

        @Override
        public void debug(String message) {}

        @Override
        public void debug(String format, Object argument) {}

        @Override
        public void debug(String format, Object first, Object second) {}

        @Override
        public void debug(String format, Object... arguments) {}

        @Override
        public void debug(String message, Throwable cause) {}

        @Override
        public void info(String message) {}

        @Override
        public void info(String format, Object argument) {}

        @Override
        public void info(String format, Object first, Object second) {}

        @Override
        public void info(String format, Object... arguments) {}

        @Override
        public void info(String message, Throwable cause) {}
    }
}

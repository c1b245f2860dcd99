package dev.sallyport.relay.http;

import dev.sallyport.model.request.Ascii;

/** Takes the fields of a request that goes out, and writes them in the version of its connection. */
public interface FieldSink {
    /**
     * The field lines of a received request that go on, and its {@code Host}, which a version may write otherwise.
     *
     * @param dropped fields left out besides those that are hop-by-hop
     */
    void kept(RequestHead head, FieldSet dropped);

    /** Begins a field of our own; what is said up to {@link #end()} is its value. */
    void begin(FieldName name);

    /** Goes on with the value. Text that is not a view of a head must be free of controls. */
    void text(Ascii text);

    /** Goes on with the value by a number, not below 0. */
    void number(long number);

    /** Goes on with the value by a number as 16 hexadecimal digits in lower case. */
    void hex(long number);

    /** Ends the field. */
    void end();

    /** A whole field of our own. */
    default void field(FieldName name, Ascii value) {
        begin(name);
        text(value);
        end();
    }

    /** A whole field of our own whose value is a number, not below 0. */
    default void field(FieldName name, long value) {
        begin(name);
        number(value);
        end();
    }
}

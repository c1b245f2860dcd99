package dev.sallyport.relay.http.h1;

/** How far a parser came with the bytes it was given. */
public enum Progress {
    /** All bytes given were taken, and more are needed. */
    NEED_MORE,
    /** The part is whole; what follows it was not taken. */
    COMPLETE,
    /** The part is faulty: nothing more may be read from the connection. */
    FAILED
}

package dev.sallyport.relay.http;

/** The trailer fields of a chunked body (RFC 9110, section 6.5). */
public final class TrailerHead extends Head {}

/** Installs the definitions in a real API server and holds it to what the types promise. */
package dev.sallyport.api.server;

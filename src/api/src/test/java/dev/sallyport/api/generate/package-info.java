/** Makes the files that are generated from the types, and checks that the committed ones are up to date. */
package dev.sallyport.api.generate;

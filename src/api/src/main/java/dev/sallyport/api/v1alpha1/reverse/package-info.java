/** The parts of a {@link dev.sallyport.api.v1alpha1.ReverseProxy}, in Gateway API's words: listeners, rules, matches, backends. */
@NullMarked
package dev.sallyport.api.v1alpha1.reverse;

import org.jspecify.annotations.NullMarked;

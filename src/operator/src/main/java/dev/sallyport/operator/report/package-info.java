/** Tells people and machines what became of a proxy, beside its status: events and metrics. Before it: everything else. */
@NullMarked
package dev.sallyport.operator.report;

import org.jspecify.annotations.NullMarked;

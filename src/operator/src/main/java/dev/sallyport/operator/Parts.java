package dev.sallyport.operator;

import dev.sallyport.control.input.Settings;
import dev.sallyport.operator.apply.Children;
import dev.sallyport.operator.deliver.Delivery;
import dev.sallyport.operator.report.Events;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;

/**
 * What the reconcilers of both kinds work with.
 *
 * @param settings of this installation
 * @param children applies the objects of proxies
 * @param delivery brings configurations to relays
 * @param events tells people
 * @param meters tells machines
 * @param clock for the times in status
 */
record Parts(
        Settings settings, Children children, Delivery delivery, Events events, MeterRegistry meters, Clock clock) {}

/**
 * What starts workflows without a person: schedules, calls from outside (webhooks) and events of the platform. Each ends in a
 * run that is done on the rights of whoever set the trigger up, as they are at that time.
 */
@NullMarked
package dev.gantry.triggers;

import org.jspecify.annotations.NullMarked;

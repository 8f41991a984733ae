package dev.gantry.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a schedule is to be.
 *
 * @param kind says who hears of it
 * @param name unique within the kind; putting one of the same name replaces it
 * @param cron five fields, as in Unix
 * @param zone such as {@code Europe/Berlin}
 * @param missed what to do about times that passed while no node ran
 * @param enabled whether it fires
 * @param payload what is to be done; identifiers and settings
 */
public record ScheduleRequest(
        String kind, String name, String cron, String zone, MissedRuns missed, boolean enabled, ObjectNode payload) {}

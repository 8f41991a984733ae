package dev.gantry.quota;

import java.util.OptionalLong;

/**
 * Where an organization stands with one quota.
 *
 * @param used what counts at the moment
 * @param limit empty when it is counted only
 */
public record QuotaStanding(Quota quota, long used, OptionalLong limit) {}

package dev.gantry.identity;

/**
 * What came of founding an organization.
 *
 * @param administrator its first user, who may do everything in it
 * @param key of that user, shown this once
 */
public record NewOrganization(Organization organization, Principal administrator, IssuedKey key) {}

package dev.gantry.runs;

import java.util.function.Predicate;

/**
 * Who decides.
 *
 * @param name as the audit log and the output show it
 * @param matches says whether one of a workflow's approvers means this person: an e-mail address, {@code group:NAME} or
 *     {@code team:NAME}
 */
public record Approver(String name, Predicate<String> matches) {}

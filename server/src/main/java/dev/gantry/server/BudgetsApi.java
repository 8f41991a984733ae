package dev.gantry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.audit.AuditDetail;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Principal;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.GantryException.FieldError;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import dev.gantry.kernel.MicroDollars;
import dev.gantry.quota.BudgetBook;
import dev.gantry.quota.BudgetGrant;
import dev.gantry.quota.BudgetKey;
import dev.gantry.quota.BudgetLevel;
import dev.gantry.quota.BudgetPeriod;
import dev.gantry.quota.BudgetState;
import dev.gantry.quota.BudgetUnit;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operations on budgets. */
final class BudgetsApi {
    private final BudgetBook book;
    private final Identity identity;

    BudgetsApi(BudgetBook book, Identity identity) {
        this.book = book;
        this.identity = identity;
    }

    Map<String, ApiHandler> handlers() {
        return Map.of(
                "listBudgets", this::list,
                "setBudget", this::set,
                "unsetBudget", this::unset,
                "listBudgetGrants", this::grants,
                "grantBudget", this::grant,
                "revokeBudgetGrant", this::revoke);
    }

    /** A budget's subject by its name in the database and for people. */
    private record Subject(String name, String label) {}

    private ApiReply list(Caller caller, ApiRequest request) {
        String level = request.query("level");
        String subject = request.query("subject");
        BudgetLevel known = level == null ? null : level(level);
        if (subject != null && known == null) {
            throw invalid("level", "is required with 'subject'");
        }
        if (!SpendingRights.seesAll(caller)) {
            return visible(caller, known, subject);
        }
        Subject wanted = subject == null || known == null ? null : subject(caller, known, subject);
        String name = wanted == null ? null : wanted.name();
        BudgetBook.Page page = book.page(caller.organization(), known, name);
        ObjectNode body = Json.object();
        ArrayNode items = body.putArray("items");
        for (BudgetState state : page.states()) {
            items.add(wanted == null ? state(state) : state(state).put("name", wanted.label()));
        }
        return ApiReply.ok(body.putNull("next_cursor").put("truncated", page.isTruncated()));
    }

    /** Shows somebody their own budgets, and those that a right of theirs names. */
    private ApiReply visible(Caller caller, @Nullable BudgetLevel level, @Nullable String subject) {
        ArrayNode items = Json.object().putArray("items");
        boolean isTruncated = false;
        for (BudgetLevel each : level == null ? List.of(BudgetLevel.values()) : List.of(level)) {
            if (each == BudgetLevel.USER) {
                String id = caller.principalId().toString();
                if (subject != null && !subject.equals(id) && !subject.equalsIgnoreCase(caller.principal())) {
                    caller.require(SpendingRights.all());
                }
                book.show(caller.organization(), each, id)
                        .forEach(state -> items.add(state(state).put("name", caller.principal())));
                continue;
            }
            if (subject != null) {
                caller.require(SpendingRights.of(each, subject));
            }
            if (caller.rights().allowSome("budgets", "read")) {
                BudgetBook.Page page = book.page(caller.organization(), each, subject);
                isTruncated |= page.isTruncated();
                page.states().stream()
                        .filter(state ->
                                caller.may(SpendingRights.of(each, state.key().subject())))
                        .forEach(state -> items.add(state(state)));
            }
        }
        ObjectNode body = Json.object();
        body.set("items", items);
        return ApiReply.ok(body.putNull("next_cursor").put("truncated", isTruncated));
    }

    private ApiReply set(Caller caller, ApiRequest request) {
        JsonFields fields = request.fields();
        BudgetLevel level = level(fields.requireText("level"));
        Subject subject = subject(caller, level, fields.text("subject"));
        BudgetPeriod period = period(fields.requireText("period"));
        boolean unlimited = Boolean.TRUE.equals(fields.bool("unlimited"));
        Amount amount = unlimited
                ? new Amount(unit(fields.text("unit")), null)
                : amount(fields, "limit_usd", "limit_tokens", ", or 'unlimited'");
        if (unlimited && (fields.has("limit_usd") || fields.has("limit_tokens"))) {
            throw invalid("unlimited", "contradicts the limit that is given too");
        }
        JsonNode threshold = fields.get("alert_threshold");
        BudgetKey key = new BudgetKey(level, subject.name(), period, amount.unit());
        book.set(
                caller.organization(),
                key,
                subject.label(),
                amount.value(),
                threshold == null ? null : threshold.decimalValue().stripTrailingZeros(),
                caller.principal());
        note(request, key, subject);
        request.note("limit", AuditDetail.of(amount.value() == null ? "unlimited" : amount.show()));
        return ApiReply.ok(book.show(caller.organization(), level, subject.name()).stream()
                .filter(state -> state.key().equals(key))
                .findFirst()
                .map(BudgetsApi::state)
                .orElseGet(() -> key(Json.object(), key, subject.label()).put("unlimited", true)));
    }

    private ApiReply unset(Caller caller, ApiRequest request) {
        BudgetLevel level = level(required(request, "level"));
        Subject subject = subject(caller, level, request.query("subject"));
        BudgetKey key =
                new BudgetKey(level, subject.name(), period(required(request, "period")), unit(request.query("unit")));
        if (!book.unset(caller.organization(), key)) {
            throw new GantryException(ErrorCode.NOT_FOUND, "No such limit was set through the API");
        }
        note(request, key, subject);
        return ApiReply.noContent();
    }

    private ApiReply grants(Caller caller, ApiRequest request) {
        return ApiReply.page(
                book.grants(caller.organization()).stream()
                        .map(BudgetsApi::grant)
                        .toList(),
                null);
    }

    private ApiReply grant(Caller caller, ApiRequest request) {
        JsonFields fields = request.fields();
        BudgetLevel level = level(fields.requireText("level"));
        Subject subject = subject(caller, level, fields.text("subject"));
        Amount amount = amount(fields, "amount_usd", "amount_tokens", "");
        BudgetKey key = new BudgetKey(level, subject.name(), period(fields.requireText("period")), amount.unit());
        BudgetGrant made = book.grant(
                caller.organization(),
                key,
                subject.label(),
                amount.value() == null ? 0 : amount.value(),
                time(fields.requireText("expires_at")),
                fields.requireText("reason"),
                caller.principal());
        note(request, key, subject);
        request.noteObject(made.id().toString());
        request.note("amount", AuditDetail.of(amount.show()));
        request.note("expires_at", AuditDetail.of(made.expiresAt().toString()));
        request.note("reason", AuditDetail.of(made.reason()));
        return ApiReply.created(grant(made), "/api/v1/budgets/grants/" + made.id());
    }

    private ApiReply revoke(Caller caller, ApiRequest request) {
        if (!book.revoke(caller.organization(), Ids.parse("grant", request.path("grant")))) {
            throw new GantryException(ErrorCode.NOT_FOUND, "There is no such grant that still holds");
        }
        return ApiReply.noContent();
    }

    private static void note(ApiRequest request, BudgetKey key, Subject subject) {
        request.note("budget", AuditDetail.of(BudgetWiring.resource(key)));
        if (!subject.label().isEmpty()) {
            request.note("subject", AuditDetail.of(subject.label()));
        }
    }

    private Subject subject(Caller caller, BudgetLevel level, @Nullable String text) {
        if (level == BudgetLevel.ORGANIZATION) {
            if (text != null && !text.isEmpty()) {
                throw invalid("subject", "must be absent: there is one organization");
            }
            return new Subject("", "");
        }
        if (text == null || text.isEmpty()) {
            throw invalid("subject", "is required: whose budget it is");
        }
        return switch (level) {
            case TEAM -> {
                String name = identity.teams().show(caller, text).name();
                yield new Subject(name, name);
            }
            case USER -> {
                Principal principal = identity.users().show(caller, text).principal();
                yield new Subject(principal.id().toString(), principal.name());
            }
            case PROJECT, ORGANIZATION -> new Subject(text, text);
        };
    }

    /** An amount in its unit; null for none. */
    private record Amount(BudgetUnit unit, @Nullable Long value) {
        String show() {
            return value == null ? "" : unit.show(value);
        }
    }

    private static Amount amount(JsonFields fields, String dollars, String tokens, String otherwise) {
        if (fields.has(dollars) == fields.has(tokens)) {
            throw invalid(dollars, "or '" + tokens + "'" + otherwise + " is required, and only one of them");
        }
        if (fields.has(tokens)) {
            return new Amount(BudgetUnit.TOKENS, fields.integer(tokens, 0, Long.MAX_VALUE));
        }
        JsonNode value = fields.get(dollars);
        if (value == null || !value.isNumber()) {
            throw invalid(dollars, "must be a number");
        }
        BigDecimal amount = value.decimalValue().stripTrailingZeros();
        if (amount.scale() > 6) {
            throw invalid(dollars, "is finer than a millionth of a dollar");
        }
        return new Amount(BudgetUnit.MICRO_USD, MicroDollars.ofDollars(amount).value());
    }

    private static ObjectNode key(ObjectNode node, BudgetKey key, String label) {
        return node.put("level", key.level().id())
                .put("subject", key.subject().isEmpty() ? null : key.subject())
                .put("name", label.isEmpty() ? null : label)
                .put("period", key.period().id())
                .put("unit", key.unit().id());
    }

    private static ObjectNode state(BudgetState state) {
        ObjectNode node = key(Json.object(), state.key(), state.label())
                .put("limit", state.limit())
                .put("granted", state.granted())
                .put("spent", state.spent())
                .put("reserved", state.reserved())
                .put("held", state.held())
                .put("remaining", state.remaining())
                .put("alert_threshold", state.threshold())
                .put("source", state.own() ? "api" : "configuration")
                .put("starts_at", state.window().start().toString())
                .put("resets_at", state.window().end().toString());
        return node;
    }

    private static ObjectNode grant(BudgetGrant grant) {
        return key(Json.object().put("id", grant.id().toString()), grant.budget(), grant.label())
                .put("amount", grant.amount())
                .put("reason", grant.reason())
                .put("granted_by", grant.by())
                .put("granted_at", grant.grantedAt().toString())
                .put("expires_at", grant.expiresAt().toString())
                .put(
                        "revoked_at",
                        grant.revokedAt() == null ? null : grant.revokedAt().toString());
    }

    private static String required(ApiRequest request, String name) {
        String value = request.query(name);
        if (value == null) {
            throw invalid(name, "is required");
        }
        return value;
    }

    private static BudgetLevel level(String text) {
        return BudgetLevel.valueOf(text.toUpperCase(Locale.ROOT));
    }

    private static BudgetPeriod period(String text) {
        return BudgetPeriod.valueOf(text.toUpperCase(Locale.ROOT));
    }

    private static BudgetUnit unit(@Nullable String text) {
        return text == null ? BudgetUnit.MICRO_USD : BudgetUnit.valueOf(text.toUpperCase(Locale.ROOT));
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException malformed) {
            throw invalid("expires_at", "must be a time such as 2026-01-31T12:00:00Z");
        }
    }

    private static GantryException invalid(String field, String problem) {
        return new GantryException(
                ErrorCode.INVALID_REQUEST,
                "'" + field + "' " + problem,
                List.of(new FieldError("/" + field, problem)),
                null,
                null);
    }
}

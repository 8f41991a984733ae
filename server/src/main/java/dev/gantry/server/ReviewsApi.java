package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.audit.AuditDetail;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetVersion;
import dev.gantry.registry.PatternTests;
import dev.gantry.registry.Review;
import dev.gantry.registry.Review.LineComment;
import dev.gantry.registry.ReviewCheck;
import dev.gantry.registry.ReviewPolicies;
import dev.gantry.registry.ReviewPolicy;
import dev.gantry.registry.Reviews;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** Reviews of versions, and what is asked of versions. */
final class ReviewsApi {
    private final Reviews reviews;
    private final ReviewPolicies policies;

    ReviewsApi(Reviews reviews, ReviewPolicies policies) {
        this.reviews = reviews;
        this.policies = policies;
    }

    Map<String, ApiHandler> handlers() {
        return Map.ofEntries(
                Map.entry("submitReview", this::submit),
                Map.entry("listReviews", this::list),
                Map.entry("getReview", (caller, request) -> ApiReply.ok(view(reviews.get(caller, id(request))))),
                Map.entry("getReviewChanges", this::changes),
                Map.entry("getReviewTests", this::tests),
                Map.entry("addReviewEntry", this::say),
                Map.entry("withdrawReviewEntry", this::takeBack),
                Map.entry("checkReview", (caller, request) -> reply(request, reviews.check(caller, id(request)))),
                Map.entry("publishReview", (caller, request) -> reply(request, reviews.publish(caller, id(request)))),
                Map.entry("overrideReview", this::override),
                Map.entry("withdrawReview", (caller, request) -> reply(request, reviews.withdraw(caller, id(request)))),
                Map.entry("listReviewPolicies", this::listPolicies),
                Map.entry("putReviewPolicy", this::putPolicy),
                Map.entry("deleteReviewPolicy", this::deletePolicy));
    }

    private static UUID id(ApiRequest request) {
        return request.id("review");
    }

    /** Notes what the review is about. */
    private static ApiReply reply(ApiRequest request, Reviews.Shown shown) {
        Review review = shown.review();
        String asset = AssetViews.collection(review.kind()) + "/" + review.name();
        if (request.path().isEmpty()) {
            request.noteObject(review.id().toString(), asset);
        } else {
            request.noteObject(asset);
        }
        request.note("version", new AuditDetail.Count(review.version()));
        return ApiReply.ok(view(shown));
    }

    private ApiReply submit(Caller caller, ApiRequest request) {
        JsonFields fields = request.fields();
        String message = fields.text("message");
        Reviews.Shown shown = reviews.submit(
                caller,
                AssetViews.kind(Objects.requireNonNullElse(fields.text("kind"), "patterns")),
                fields.requireText("name"),
                message == null ? "" : message);
        ApiReply reply = reply(request, shown);
        return ApiReply.created(
                Objects.requireNonNull(reply.body()),
                "/api/v1/reviews/" + shown.review().id());
    }

    private ApiReply list(Caller caller, ApiRequest request) {
        String state = request.query("state");
        String kind = request.query("kind");
        AssetKind only = kind == null ? null : AssetViews.kind(kind);
        Reviews.Page page = reviews.list(
                caller,
                state == null ? null : Review.State.parse(state),
                only,
                request.query("namespace"),
                request.query("name"),
                request.query("cursor"),
                request.query("limit", 50));
        return ApiReply.page(page.reviews().stream().map(ReviewsApi::summary).toList(), page.nextCursor());
    }

    private ApiReply changes(Caller caller, ApiRequest request) {
        Reviews.Changes changes = reviews.changes(caller, id(request));
        AssetVersion version = changes.version();
        AssetVersion base = changes.base();
        ObjectNode body = Json.object()
                .put("name", version.name().toString())
                .put("version", version.version())
                .put("author", version.author())
                .put("created_at", AssetViews.text(version.createdAt()))
                .put("content", version.content())
                .put("base_version", base == null ? null : base.version())
                .put("base_content", base == null ? null : base.content());
        AssetViews.diff(body, changes.diff());
        return ApiReply.ok(body);
    }

    private ApiReply tests(Caller caller, ApiRequest request) {
        PatternTests.Tried tried = reviews.tests(caller, id(request));
        PatternTests.Suite suite = tried.suite();
        ObjectNode body = Json.object()
                .put("name", tried.version().name().toString())
                .put("version", tried.version().version());
        body.set("tests", suite == null ? body.nullNode() : PatternTestsApi.view(suite));
        ArrayNode runs = body.putArray("runs");
        tried.runs().forEach(run -> runs.add(PatternTestsApi.view(run)));
        return ApiReply.ok(body);
    }

    private ApiReply say(Caller caller, ApiRequest request) {
        JsonFields fields = request.fields();
        Review.Verdict verdict = Review.Verdict.parse(fields.requireText("verdict"));
        String body = fields.text("body");
        List<LineComment> lines = new ArrayList<>();
        for (JsonFields line : fields.objects("lines")) {
            Integer number = line.intNumber("line", 1, Integer.MAX_VALUE);
            lines.add(new LineComment(number == null ? 0 : number, line.requireText("text")));
        }
        Reviews.Shown shown = reviews.say(caller, id(request), verdict, body == null ? "" : body, lines);
        request.note("verdict", new AuditDetail.Text(verdict.id()));
        return reply(request, shown);
    }

    private ApiReply takeBack(Caller caller, ApiRequest request) {
        return reply(request, reviews.takeBack(caller, id(request), request.id("entry")));
    }

    private ApiReply override(Caller caller, ApiRequest request) {
        String reason = request.fields().requireText("reason");
        Reviews.Shown shown = reviews.override(caller, id(request), reason);
        request.note("reason", new AuditDetail.Text(reason));
        return reply(request, shown);
    }

    private static ObjectNode summary(Review review) {
        ObjectNode view = Json.object()
                .put("id", review.id().toString())
                .put("kind", AssetViews.collection(review.kind()))
                .put("name", review.name().toString())
                .put("version", review.version())
                .put("base_version", review.baseVersion())
                .put("state", review.state().id())
                .put("message", review.message())
                .put("submitted_by", review.submitter())
                .put("submitted_at", review.submittedAt().toString())
                .put("closed_by", review.closedBy())
                .put("closed_at", AssetViews.text(review.closedAt()))
                .put("override_reason", review.reason());
        ArrayNode checks = view.putArray("checks");
        for (ReviewCheck.Result check : review.checks()) {
            checks.addObject()
                    .put("name", check.name())
                    .put("status", check.status().name().toLowerCase(Locale.ROOT))
                    .put("detail", check.detail());
        }
        return view;
    }

    private static ObjectNode view(Reviews.Shown shown) {
        ObjectNode view = summary(shown.review());
        ArrayNode entries = view.putArray("entries");
        for (Review.Entry entry : shown.review().entries()) {
            ObjectNode said = entries.addObject()
                    .put("id", entry.id().toString())
                    .put("reviewer", entry.reviewer())
                    .put("verdict", entry.verdict().id())
                    .put("body", entry.body())
                    .put("created_at", entry.createdAt().toString())
                    .put("withdrawn_at", AssetViews.text(entry.withdrawnAt()));
            ArrayNode lines = said.putArray("lines");
            entry.lines()
                    .forEach(line -> lines.addObject().put("line", line.line()).put("text", line.text()));
        }
        Review.Progress progress = shown.progress();
        view.set("policy", view(progress.policy()));
        ArrayNode approved = view.putArray("approved_by");
        progress.approvedBy().forEach(approved::add);
        ArrayNode changes = view.putArray("changes_requested_by");
        progress.changesRequestedBy().forEach(changes::add);
        boolean open = shown.review().state() == Review.State.OPEN;
        view.put("ready", open && progress.isReady());
        ArrayNode missing = view.putArray("missing");
        if (open) {
            progress.missing().forEach(missing::add);
        }
        return view;
    }

    private ApiReply listPolicies(Caller caller, ApiRequest request) {
        return ApiReply.page(
                policies.list(caller).stream().map(ReviewsApi::view).toList(), null);
    }

    private ApiReply putPolicy(Caller caller, ApiRequest request) {
        JsonFields fields = request.fields();
        Integer required = fields.intNumber("required_reviews", 1, 20);
        Boolean approved = fields.bool("require_approved");
        ReviewPolicy said = new ReviewPolicy(
                request.path("namespace"),
                true,
                required == null ? 1 : required,
                fields.texts("reviewers"),
                Boolean.TRUE.equals(approved),
                fields.has("protected_labels") ? fields.texts("protected_labels") : List.of("production"));
        // What is not said stays as it is: only approved versions run until somebody says otherwise.
        ReviewPolicy policy = approved != null
                ? said
                : said.withRequireApproved(policies.of(caller, said.namespace()).requireApproved());
        policies.put(caller, policy);
        request.note("required_reviews", new AuditDetail.Count(policy.requiredReviews()));
        request.note("require_approved", new AuditDetail.Text(Boolean.toString(policy.requireApproved())));
        return ApiReply.ok(view(policy));
    }

    private ApiReply deletePolicy(Caller caller, ApiRequest request) {
        policies.delete(caller, request.path("namespace"));
        return ApiReply.noContent();
    }

    private static ObjectNode view(ReviewPolicy policy) {
        ObjectNode view = Json.object()
                .put("namespace", policy.namespace())
                .put("enabled", policy.asked())
                .put("required_reviews", policy.requiredReviews())
                .put("require_approved", policy.requireApproved());
        ArrayNode reviewers = view.putArray("reviewers");
        policy.reviewers().forEach(reviewers::add);
        ArrayNode labels = view.putArray("protected_labels");
        policy.protectedLabels().forEach(labels::add);
        return view;
    }
}

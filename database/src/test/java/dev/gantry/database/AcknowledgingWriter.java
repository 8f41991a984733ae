package dev.gantry.database;

import dev.gantry.kernel.Ids;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A process that writes rows until it is killed and prints the id of each row that was acknowledged. Run by
 * {@link PostgresFaultTest}.
 */
final class AcknowledgingWriter {
    private static final int WRITERS = 8;

    private AcknowledgingWriter() {}

    @SuppressWarnings("SystemOut") // its output is what it is for
    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(arguments[0]), Path.of(arguments[1]), Map.of());
        UUID organization = UUID.fromString(arguments[2]);
        Database database = Database.open(postgres.target());
        database.migrate(List.of("database", "sample"));
        System.out.println("postgres " + postgres.pid());
        GroupCommit.Lane<GroupCommitTest.Sample> lane =
                database.groupCommit().lane("samples", GroupCommitTest.inserting());
        for (int writer = 0; writer < WRITERS; writer++) {
            Thread.ofPlatform().start(() -> {
                while (true) {
                    UUID id = Ids.next();
                    lane.append(organization, new GroupCommitTest.Sample(id, organization, 1))
                            .await(Duration.ofMinutes(1));
                    System.out.println("durable " + id);
                }
            });
        }
        Thread.currentThread().join();
    }
}

package dev.gantry.gitsync;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/** Finds who wrote the present state of files: the author of the newest commit that changed each. */
final class CommitAuthors {
    private CommitAuthors() {}

    /**
     * Returns the authors of files, as {@code Name <address>}; those are left out whose commit lies before the history that
     * was fetched.
     */
    static Map<String, String> of(Repository repository, ObjectId tip, Set<String> paths, int commitsMax)
            throws IOException {
        Map<String, String> authors = new HashMap<>();
        Set<String> open = new HashSet<>(paths);
        try (RevWalk walk = new RevWalk(repository);
                TreeWalk trees = new TreeWalk(repository)) {
            Set<ObjectId> shallow = new HashSet<>(repository.getObjectDatabase().getShallowCommits());
            walk.markStart(walk.parseCommit(tip));
            int seen = 0;
            for (RevCommit commit = walk.next(); commit != null && !open.isEmpty(); commit = walk.next()) {
                if (++seen > commitsMax || shallow.contains(commit)) {
                    break;
                }
                if (commit.getParentCount() > 1) {
                    // What a merge brings, the commits that it joins have brought.
                    continue;
                }
                trees.reset();
                trees.setRecursive(true);
                trees.setFilter(TreeFilter.ANY_DIFF);
                if (commit.getParentCount() == 0) {
                    trees.addTree(new EmptyTreeIterator());
                } else {
                    trees.addTree(walk.parseCommit(commit.getParent(0)).getTree());
                }
                trees.addTree(commit.getTree());
                while (!open.isEmpty() && trees.next()) {
                    if (open.remove(trees.getPathString())) {
                        authors.put(trees.getPathString(), text(commit.getAuthorIdent()));
                    }
                }
            }
        }
        return authors;
    }

    static String text(PersonIdent person) {
        String name = person.getName().strip();
        String address = person.getEmailAddress().strip();
        String both = address.isEmpty() ? name : name.isEmpty() ? address : name + " <" + address + ">";
        return both.replaceAll("\\p{Cntrl}", " ");
    }
}

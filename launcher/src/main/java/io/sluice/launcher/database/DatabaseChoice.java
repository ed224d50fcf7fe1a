package io.sluice.launcher.database;

import io.sluice.launcher.console.StartFailure;
import io.sluice.launcher.data.DataFolder;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Which database a data folder runs on: a MongoDB that runs apart, else the {@code mongod} that is named, else a
 * {@code mongod} on the PATH, else the embedded one. A folder stays with the kind that made it.
 *
 * @param mongodbUri the MongoDB that runs apart
 * @param mongod the program that is named
 * @param embedded whether a {@code mongod} on the PATH is to be left alone
 * @param convert whether the content of an embedded database is to be moved to the {@code mongod}
 * @param searchPath the PATH
 */
public record DatabaseChoice(
        Optional<String> mongodbUri, Optional<Path> mongod, boolean embedded, boolean convert, String searchPath) {

    /** The note in the data folder that says which kind made it. */
    private static final String NOTE = "database";

    /**
     * Starts the database, or finds the one that runs.
     *
     * @throws StartFailure when another kind of database made the folder, or when it does not start
     */
    public Database start(DataFolder data, Watch watch) {
        DatabaseKind kind = kind();
        if (convert && kind == DatabaseKind.MONGOD && isMadeBy(DatabaseKind.EMBEDDED, data)) {
            return convert(data, watch);
        }
        refuseAnother(data, kind);
        Database database = switch (kind) {
            case EXTERNAL -> new ExternalDatabase(mongodbUri.orElseThrow());
            case MONGOD -> Mongod.start(program().orElseThrow(), data, watch);
            case EMBEDDED -> Embedded.start(data, watch);
        };
        data.keepNote(NOTE, kind.note());
        return database;
    }

    /** Only after all is copied the folder counts as the mongod's; until then the embedded database is the one. */
    private Database convert(DataFolder data, Watch watch) {
        Database mongod = Mongod.start(program().orElseThrow(), data, watch);
        try (Database former = Embedded.start(data, watch)) {
            new Conversion(former.uri(), mongod.uri()).run();
        } catch (RuntimeException e) {
            mongod.close();
            throw e;
        }
        data.keepNote(NOTE, DatabaseKind.MONGOD.note());
        return mongod;
    }

    DatabaseKind kind() {
        if (mongodbUri.isPresent()) {
            return DatabaseKind.EXTERNAL;
        }
        return program().isPresent() ? DatabaseKind.MONGOD : DatabaseKind.EMBEDDED;
    }

    /** The {@code mongod} to run, if one is to be run. */
    Optional<Path> program() {
        if (mongod.isPresent() || embedded) {
            return mongod;
        }
        return Arrays.stream(searchPath.split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "mongod"))
                .filter(Files::isRegularFile)
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static boolean isMadeBy(DatabaseKind kind, DataFolder data) {
        return data.note(NOTE).equals(kind.note());
    }

    private static void refuseAnother(DataFolder data, DatabaseKind kind) {
        String note = data.note(NOTE);
        if (note.isEmpty() || isMadeBy(kind, data)) {
            return;
        }
        DatabaseKind maker = DatabaseKind.of(note)
                .orElseThrow(() -> new StartFailure("The file " + data.resolve(NOTE) + " says \"" + note
                        + "\", which is no database that this Sluice knows."));
        throw new StartFailure("The data folder " + data.path() + " was made by " + maker.spoken() + ", not by "
                + kind.spoken() + ". To keep using it, " + maker.howToGoOn()
                + "; or choose another folder with --data DIR.");
    }
}

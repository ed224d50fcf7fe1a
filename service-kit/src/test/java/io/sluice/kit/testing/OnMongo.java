package io.sluice.kit.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a test class an empty MongoDB database of its own. The tests stand in an abstract class, and two classes of
 * four lines run them on both kinds of database:
 *
 * <pre>{@code
 * @SpringBootTest(webEnvironment = RANDOM_PORT)
 * abstract class ProjectApiContract { ... }
 *
 * @OnMongo(Database.EMBEDDED)
 * class ProjectApiEmbeddedIT extends ProjectApiContract {}
 *
 * @OnMongo(Database.MONGOD)
 * class ProjectApiMongodIT extends ProjectApiContract {}
 * }</pre>
 *
 * In a Spring test the context gets {@code spring.mongodb.uri} and {@code spring.mongodb.database}. Without Spring, a
 * test constructor or method takes a {@link MongoServer.Lease} as an argument. The database is the class's, not the
 * method's: tests make their own documents and ids, and must not count what others made.
 *
 * <p>Where {@code SLUICE_TEST_MONGOD} is not set, what needs a real database is skipped, and a line says so.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(OnMongoExtension.class)
public @interface OnMongo {

    Database value();
}

package io.sluice.itemservice.content;

import io.sluice.kit.error.Problem;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where the bytes are. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BlobProperties.class)
class ContentConfiguration {

    private static final Logger log = LoggerFactory.getLogger(ContentConfiguration.class);

    @Bean
    BlobStore blobStore(BlobProperties properties, Clock clock) {
        Path folder = properties.folder();
        long spare = properties.spareSpace().toBytes();
        return new BlobStore(folder, () -> requireFree(folder, spare), clock);
    }

    private static void requireFree(Path folder, long spare) throws IOException {
        FileStore disk = Files.getFileStore(folder);
        if (disk.getUsableSpace() < spare) {
            log.warn("Uploads are refused: {} has less than {} bytes free", folder, spare);
            throw Problem.INSUFFICIENT_STORAGE.with(
                    "The platform has no room left for further bytes; ask its administrator");
        }
    }
}

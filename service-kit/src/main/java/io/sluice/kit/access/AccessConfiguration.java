package io.sluice.kit.access;

import io.sluice.kit.client.ServiceClients;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** For services that ask the dataset-service what a caller may do; they import it. */
@Configuration(proxyBeanMethods = false)
public class AccessConfiguration {

    @Bean
    ProjectClient projectClient(ServiceClients clients) {
        return new ProjectClient(clients);
    }

    @Bean
    DatasetClient datasetClient(ServiceClients clients) {
        return new DatasetClient(clients);
    }
}

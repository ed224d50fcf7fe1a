package io.sluice.authservice.client;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;

/** Reads who is registered. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(Clients.class)
class RegistrationConfiguration {}

"""The authorizer of the resources. Handler: `authorizer.app.handler`."""

from __future__ import annotations

from authorizer.handler import authorizer_handler
from authorizer.settings import Settings
from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.dynamodb.api_keys import DynamoDbApiKeyRepository
from tocsin.adapters.kms.sealer import KmsSealer
from tocsin.application.authenticate import Authenticate
from tocsin.entrypoint import observability
from tocsin.entrypoint.clock import utc_now
from tocsin.entrypoint.randomness import SystemRandomness

settings = Settings.from_environ()
observability.configure("authorizer")
aws = AwsClients()
sealer = KmsSealer(aws.kms, aws.dynamodb, settings.table_name, settings.key_id, utc_now, SystemRandomness())
keys = DynamoDbApiKeyRepository(aws.dynamodb, settings.table_name, sealer, utc_now)

handler = authorizer_handler(Authenticate(keys, sealer))

"""Amazon Cognito user pools: passwords and second factors of people."""

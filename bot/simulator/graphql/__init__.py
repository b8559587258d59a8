"""The GraphQL side: GitHub's own schema, cut, executed by graphql-core over the world."""

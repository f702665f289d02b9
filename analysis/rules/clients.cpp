#include "analysis/rules/clients.hpp"

#include <algorithm>
#include <array>

namespace surefoot::rules {

bool makes_shared_client(std::string_view name) {
  static constexpr std::array<std::string_view, 40> kNames = {"boto3.client",
                                                              "boto3.resource",
                                                              "boto3.Session.client",
                                                              "boto3.Session.resource",
                                                              "botocore.session.Session.create_client",
                                                              "sqlalchemy.create_engine",
                                                              "sqlalchemy.ext.asyncio.create_async_engine",
                                                              "sqlmodel.create_engine",
                                                              "psycopg2.pool.SimpleConnectionPool",
                                                              "psycopg2.pool.ThreadedConnectionPool",
                                                              "psycopg_pool.ConnectionPool",
                                                              "mysql.connector.pooling.MySQLConnectionPool",
                                                              "redis.Redis",
                                                              "redis.StrictRedis",
                                                              "redis.from_url",
                                                              "redis.Redis.from_url",
                                                              "redis.ConnectionPool",
                                                              "redis.ConnectionPool.from_url",
                                                              "redis.RedisCluster",
                                                              "pymongo.MongoClient",
                                                              "pymongo.AsyncMongoClient",
                                                              "motor.motor_asyncio.AsyncIOMotorClient",
                                                              "elasticsearch.Elasticsearch",
                                                              "opensearchpy.OpenSearch",
                                                              "httpx.Client",
                                                              "requests.Session",
                                                              "urllib3.PoolManager",
                                                              "openai.OpenAI",
                                                              "openai.AzureOpenAI",
                                                              "anthropic.Anthropic",
                                                              "neo4j.GraphDatabase.driver",
                                                              "kafka.KafkaProducer",
                                                              "confluent_kafka.Producer",
                                                              "azure.cosmos.CosmosClient",
                                                              "firebase_admin.initialize_app",
                                                              "twilio.rest.Client",
                                                              "slack_sdk.WebClient",
                                                              "pinecone.Pinecone",
                                                              "qdrant_client.QdrantClient",
                                                              "cassandra.cluster.Cluster"};
  if (std::find(kNames.begin(), kNames.end(), name) != kNames.end()) return true;
  if (name.find(".aio.") != std::string_view::npos) return false;
  const bool cloud = name.starts_with("google.cloud.") || name.starts_with("azure.");
  const std::string_view owner = name.substr(0, name.rfind('.'));
  const bool from_text = name.ends_with(".from_connection_string") && owner.ends_with("Client");
  return cloud && ((name.ends_with("Client") && !name.ends_with("AsyncClient") &&
                    name.find(".get_") == std::string_view::npos) ||
                   from_text);
}

}  // namespace surefoot::rules
